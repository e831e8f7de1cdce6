#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A checkout holds TypeScript, which tsx runs; a published package holds JavaScript.
const source = new URL('./tierline.ts', import.meta.url);
if (existsSync(source)) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(source.href);
} else {
  await import(new URL('./tierline.js', import.meta.url).href);
}
