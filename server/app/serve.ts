import { createPublicKey, type KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type DataKey, parseDataKeys, readDataKey, readOrCreateDataKey } from '../platform/access/data-keys.ts';
import { createIdentity, createTokenIssuer, type TokenIssuer } from '../platform/access/identity.ts';
import { SUBJECT_KEYS, type SubjectKey } from '../platform/access/token-subject.ts';
import type { DatabaseSettings } from '../platform/storage/database.ts';
import { isBuilt } from '../platform/values/own-package.ts';
import { systemClock } from '../platform/values/wall-clock.ts';
import { type PersistedOperations, readOperations } from '../transport/graphql/persisted.ts';
import { LOCAL_ORIGINS } from '../transport/http/cors.ts';
import { type App, type AppSettings, createApp } from './compose.ts';
import { createLog } from './create-log.ts';
import { DemoPeople } from './demo/demo-people.ts';
import { prepareDemo } from './demo/prepare.ts';
import { DemoPulse } from './demo/pulse.ts';
import { type DemoSignIn, demoSignIn } from './demo/sign-in.ts';
import { type Env, readEnv } from './env.ts';
import { SettingsError } from './settings-error.ts';

const DEFAULTS = readEnv({});

/**
 * Whether nothing at all says how people sign in, where data are or who may reach the server: then somebody only looks around.
 * Whoever has begun to set up a server must hear what it lacks, and not get a demo with an administrator's tokens.
 */
export function isUnconfigured(env: Env): boolean {
  const { NODE_ENV, HOST, TIERLINE_DATA, DATABASE_URL, JWT_JWKS_URL, JWT_PUBLIC_KEY, JWT_ISSUER, TIERLINE_DATA_KEY } =
    env;
  const begun = [DATABASE_URL, JWT_JWKS_URL, JWT_PUBLIC_KEY, JWT_ISSUER, TIERLINE_DATA_KEY];
  const isBegun =
    HOST !== DEFAULTS.HOST || TIERLINE_DATA !== DEFAULTS.TIERLINE_DATA || begun.some((one) => one !== undefined);
  return NODE_ENV !== 'production' && !isBegun;
}

export interface Running {
  readonly app: App;
  readonly url: string;
  readonly wsUrl: string;
  /** Only in the demo: a token by title and staff number. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** Where the built page of the board is, in a checkout as in the package. */
const BOARD = new URL(isBuilt ? '../../board/' : '../../dist/board/', import.meta.url);

export interface StartOptions {
  readonly demo: boolean;
  readonly plugins?: readonly string[];
  readonly log?: Logger;
  /** Whether migrations are applied; they are, unless said. */
  readonly migrates?: boolean;
  /** Takes the embedded database's folder from a holder that cannot be asked after. */
  readonly takesOver?: boolean;
  /** Told of what it does while it starts. */
  readonly onStep?: (step: string) => void;
}

/**
 * Starts the server of an environment. With `demo` it signs its own tokens, answers on this machine only and loads the demo
 * data into an empty database.
 *
 * @throws {SettingsError} production lacks a setting, or the demo is asked for in production
 */
export async function startServer(env: Env, options: StartOptions): Promise<Running> {
  const log = options.log ?? createLog(env.LOG_LEVEL);
  // Before anything is opened, for whoever can read the output of a demo can do everything there is to do in it.
  if (options.demo && env.NODE_ENV === 'production')
    throw new SettingsError(
      'NODE_ENV: is production, and the demo prints tokens of an administrator. Run `tierline start` without --demo.',
    );
  const host = options.demo ? '127.0.0.1' : env.HOST;
  const issuer = options.demo ? createTokenIssuer(keysFolder(env)) : null;
  const settings = appSettings(env, { demo: options.demo, log });
  const board = boardOf(env, issuer);
  const app = await createApp({
    ...settings,
    databaseOptions: { ...settings.databaseOptions, takeOver: options.takesOver ?? false },
    migrates: options.migrates ?? true,
    identity: issuer?.identity ?? identityOf(env),
    plugins: [...env.TIERLINE_PLUGINS, ...(options.plugins ?? [])],
    onStep: options.onStep,
    ...(board && { board }),
    ...(options.demo && {
      prepare: (services) => prepareDemo(services, services.clock.now(), options.onStep),
    }),
  });
  try {
    const port = await app.listen(env.PORT, host);
    const shown = host.includes(':') ? `[${host}]` : host;
    const tokens = issuer ? await demoTokens(demoSignIn(app.services, issuer)) : {};
    return {
      app: issuer ? withPulse(app) : app,
      url: `http://${shown}:${port}/graphql`,
      wsUrl: `ws://${shown}:${port}/graphql`,
      tokens,
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Where an environment has its data. */
export function databaseSettings(env: Env): DatabaseSettings {
  return env.DATABASE_URL
    ? { url: env.DATABASE_URL, acceptDataLoss: env.TIERLINE_ACCEPT_DATA_LOSS }
    : { folder: join(env.TIERLINE_DATA, 'db') };
}

/** The demo goes on by itself for as long as it runs. */
function withPulse(app: App): App {
  const pulse = new DemoPulse(app.services, new DemoPeople(app.services));
  pulse.start();
  return {
    ...app,
    close: async () => {
      await pulse.stop();
      await app.close();
    },
  };
}

/** What an environment says of the app, whether it serves or imports. Nobody signs in to it until `identity` is given. */
export function appSettings(env: Env, { demo, log }: { readonly demo: boolean; readonly log: Logger }): AppSettings {
  return {
    database: databaseSettings(env),
    databaseOptions: {
      onCrash: (error) => {
        // Nothing more can be read or written; whoever supervises the process starts it anew.
        log.fatal({ err: error }, 'the embedded database ended');
        process.exit(1);
      },
    },
    clock: systemClock,
    dataKeys: dataKeys(env, demo),
    identity: { verify: async () => null },
    // The frontend that is being written runs beside the demo.
    origins: demo ? [...(env.TIERLINE_ORIGINS ?? []), LOCAL_ORIGINS] : env.TIERLINE_ORIGINS,
    limits: env.TIERLINE_LIMITS,
    ...(env.TIERLINE_OPERATIONS && { operations: listed(env.TIERLINE_OPERATIONS) }),
    isOpen: demo || env.NODE_ENV === 'development' || env.TIERLINE_INTROSPECTION,
    log,
    plugins: env.TIERLINE_PLUGINS,
    decisions: { keepDays: env.TIERLINE_DECISION_DAYS, sampleOneIn: env.TIERLINE_DECISION_SAMPLE },
    files: { maxBytes: env.TIERLINE_FILE_BYTES, types: env.TIERLINE_FILE_TYPES },
    pluginsIn: env.TIERLINE_PLUGINS_IN === 'process' ? 'PROCESS' : 'THREAD',
    metricsToken: env.TIERLINE_METRICS_TOKEN,
    logsRequests: env.TIERLINE_REQUEST_LOG,
    slowMs: env.TIERLINE_SLOW_MS,
    drainMs: demo ? 0 : env.TIERLINE_DRAIN_MS,
    spreadMs: demo ? 0 : 3_000,
  };
}

function listed(file: string): PersistedOperations {
  try {
    return readOperations(file);
  } catch (error) {
    throw new SettingsError(`TIERLINE_OPERATIONS: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function demoTokens(signIn: DemoSignIn): Promise<Record<string, string>> {
  const tokens = await signIn.printed();
  if (Object.keys(tokens).length === 0)
    throw new SettingsError(
      'DATABASE_URL: this database holds something other than the demo. Name an empty one, or run `tierline start` without --demo.',
    );
  return tokens;
}

/** The board's page, where people can sign in to it. */
function boardOf(env: Env, issuer: TokenIssuer | null): AppSettings['board'] | undefined {
  if (issuer)
    return (services) => {
      const { people, token } = demoSignIn(services, issuer);
      return { folder: BOARD, demo: { people, token } };
    };
  const { TIERLINE_BOARD_CLIENT_ID: clientId, TIERLINE_BOARD_SCOPE: scope, TIERLINE_BOARD_ISSUER, JWT_ISSUER } = env;
  if (!clientId) return undefined;
  const provider = TIERLINE_BOARD_ISSUER ?? JWT_ISSUER;
  if (!provider || !URL.canParse(provider))
    throw new SettingsError(
      'TIERLINE_BOARD_ISSUER: is needed with TIERLINE_BOARD_CLIENT_ID where JWT_ISSUER is no address: where the provider’s /.well-known/openid-configuration is.',
    );
  return () => ({ folder: BOARD, signIn: { issuer: provider, clientId, scope } });
}

function keysFolder(env: Env): string {
  const folder = join(env.TIERLINE_DATA, 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function dataKeys(env: Env, demo: boolean): DataKey[] {
  if (!demo) refuseWithoutKey(env);
  return env.TIERLINE_DATA_KEY ? parseDataKeys(env.TIERLINE_DATA_KEY) : [readOrCreateDataKey(keysFolder(env))];
}

function refuseWithoutKey({ TIERLINE_DATA_KEY: keys, DATABASE_URL: url }: Env): void {
  // A key that lies on one machine's disk does not open what another node sealed.
  if (url && !keys)
    throw new SettingsError(
      'TIERLINE_DATA_KEY: is needed with DATABASE_URL; make one with `echo k1:$(openssl rand -base64 32)`.',
    );
}

/** The keys of an environment as they are: none is made. */
export function presentDataKeys(env: Env): DataKey[] {
  if (env.TIERLINE_DATA_KEY) return parseDataKeys(env.TIERLINE_DATA_KEY);
  const made = readDataKey(join(env.TIERLINE_DATA, 'keys'));
  return made ? [made] : [];
}

/** What the start would refuse of the settings before it opens anything, a sentence each. */
export function settingsFaults(env: Env): string[] {
  const { TIERLINE_OPERATIONS: operations } = env;
  const reads = [() => identityOf(env), () => refuseWithoutKey(env), () => operations && listed(operations)];
  return reads.flatMap((read) => {
    try {
      read();
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return [error.message];
      throw error;
    }
  });
}

function identityOf(env: Env): AppSettings['identity'] {
  const { JWT_JWKS_URL: jwksUrl, JWT_PUBLIC_KEY: pem, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
  const subject = subjectOf(env);
  const key = jwksUrl ? { jwksUrl } : pem ? { publicKey: publicKeyOf(pem) } : null;
  if (key) return (people) => createIdentity({ key, issuer, audience, subject, people });
  throw new SettingsError(
    'JWT_JWKS_URL or JWT_PUBLIC_KEY: one is needed, so that tokens can be verified. To look around without, run `tierline start --demo`.',
  );
}

function publicKeyOf(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError(`JWT_PUBLIC_KEY: is no public key as PEM (${why}); line ends may not be lost in it.`);
  }
}

/** What claims are, where their name leaves no doubt. */
const WELL_KNOWN: Readonly<Record<string, SubjectKey>> = { sub: 'id', email: 'email' };

function subjectOf({ JWT_SUBJECT_CLAIM: claim, JWT_SUBJECT_IS: said }: Env): { claim: string; by: SubjectKey } {
  const by = said ?? WELL_KNOWN[claim];
  if (by) return { claim, by };
  throw new SettingsError(
    `JWT_SUBJECT_IS: say what the claim ${claim} is of a person: one of ${SUBJECT_KEYS.join(', ')}.`,
  );
}
