/** What a program of one's own starts the platform with, published as `tierline`. */

export { type App, type AppSettings, createApp } from './compose.ts';
export { type Env, EnvError, readEnv } from './env.ts';
export { type Running, startServer } from './serve.ts';
export { SettingsError } from './settings-error.ts';
