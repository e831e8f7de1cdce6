import { createPublicKey, type KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { loadDemo } from '../domain/import/demo.ts';
import { type DataKey, parseDataKeys, readOrCreateDataKey } from '../platform/access/data-keys.ts';
import { createIdentity, createTokenIssuer, type TokenIssuer } from '../platform/access/identity.ts';
import { SUBJECT_KEYS, type SubjectKey } from '../platform/access/token-subject.ts';
import { ofRequest } from '../platform/values/request-scope.ts';
import { systemClock } from '../platform/values/wall-clock.ts';
import { type PersistedOperations, readOperations } from '../transport/graphql/persisted.ts';
import { LOCAL_ORIGINS } from '../transport/http/cors.ts';
import { type App, type AppSettings, createApp } from './compose.ts';
import { type Env, readEnv } from './env.ts';
import { errorInLog } from './error-in-log.ts';

/** A setting that production needs is missing or is one that production refuses; the message names it. */
export class SettingsError extends Error {}

export function createLog(level: string): Logger {
  return pino(
    {
      level,
      mixin: ofRequest,
      serializers: { err: errorInLog },
      redact: ['headers.authorization', '*.phone', '*.email', '*.idNumber', '*.token'],
    },
    pino.destination(2),
  );
}

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
  /** Only in the demo: a token by staff number. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** People whose tokens the demo prints. */
const DEMO_PEOPLE = {
  'BK-A-CM1': 'bank customer manager',
  'BB-A-SUP1': 'supervisor (broadband)',
  'SYS-ADMIN': 'administrator',
} as const;

/**
 * Starts the server of an environment. With `demo` it signs its own tokens, answers on this machine only and loads the demo
 * data into an empty database.
 *
 * @throws {SettingsError} production lacks a setting, or the demo is asked for in production
 */
export async function startServer(
  env: Env,
  options: { readonly demo: boolean; readonly plugins?: readonly string[]; readonly log?: Logger },
): Promise<Running> {
  const log = options.log ?? createLog(env.LOG_LEVEL);
  // Before anything is opened, for whoever can read the output of a demo can do everything there is to do in it.
  if (options.demo && env.NODE_ENV === 'production')
    throw new SettingsError(
      'NODE_ENV: is production, and the demo prints tokens of an administrator. Run `tierline start` without --demo.',
    );
  const host = options.demo ? '127.0.0.1' : env.HOST;
  const issuer = options.demo ? createTokenIssuer(keysFolder(env)) : null;
  const app = await createApp({
    ...appSettings(env, { demo: options.demo, log }),
    identity: issuer?.identity ?? identityOf(env),
    plugins: [...env.TIERLINE_PLUGINS, ...(options.plugins ?? [])],
  });
  try {
    if (options.demo) await loadDemo(app.services, app.services.clock.now());
    const port = await app.listen(env.PORT, host);
    const shown = host.includes(':') ? `[${host}]` : host;
    const tokens = issuer ? await demoTokens(app, issuer) : {};
    return { app, url: `http://${shown}:${port}/graphql`, wsUrl: `ws://${shown}:${port}/graphql`, tokens };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** What an environment says of the app, whether it serves or imports. Nobody signs in to it until `identity` is given. */
export function appSettings(env: Env, { demo, log }: { readonly demo: boolean; readonly log: Logger }): AppSettings {
  return {
    database: env.DATABASE_URL
      ? { url: env.DATABASE_URL, acceptDataLoss: env.TIERLINE_ACCEPT_DATA_LOSS }
      : { folder: join(env.TIERLINE_DATA, 'db') },
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
    pluginsIn: env.TIERLINE_PLUGINS_IN === 'process' ? 'PROCESS' : 'THREAD',
    metricsToken: env.TIERLINE_METRICS_TOKEN,
    logsRequests: env.TIERLINE_REQUEST_LOG,
    slowMs: env.TIERLINE_SLOW_MS,
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

async function demoTokens(app: App, issuer: TokenIssuer): Promise<Record<string, string>> {
  const people = await app.services.database.prisma.staff.findMany({
    where: { number: { in: Object.keys(DEMO_PEOPLE) } },
    select: { id: true, number: true },
  });
  if (people.length === 0)
    throw new SettingsError(
      'DATABASE_URL: this database holds something other than the demo. Name an empty one, or run `tierline start` without --demo.',
    );
  const tokens: Record<string, string> = {};
  for (const [number, title] of Object.entries(DEMO_PEOPLE)) {
    const person = people.find((one) => one.number === number);
    if (person) tokens[`${title}, ${number}`] = await issuer.sign(person.id);
  }
  return tokens;
}

function keysFolder(env: Env): string {
  const folder = join(env.TIERLINE_DATA, 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function dataKeys(env: Env, demo: boolean): DataKey[] {
  if (env.TIERLINE_DATA_KEY) return parseDataKeys(env.TIERLINE_DATA_KEY);
  // A key that lies on one machine's disk does not open what another node sealed.
  if (env.DATABASE_URL && !demo)
    throw new SettingsError(
      'TIERLINE_DATA_KEY: is needed with DATABASE_URL; make one with `echo k1:$(openssl rand -base64 32)`.',
    );
  return [readOrCreateDataKey(keysFolder(env))];
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
