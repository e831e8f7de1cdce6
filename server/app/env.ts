import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { FILE_RULES } from '../domain/files/rules.ts';
import { SUBJECT_KEYS } from '../platform/access/token-subject.ts';
import { parseLimits } from '../transport/admission/limits.ts';

const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');

const port = z.coerce.number().int().min(0).max(65_535);

/** Settings of the environment; what is unset has the value of production. */
const schema = z.object({
  /** Unset it has production's defaults too; but who says `production` means it, and is given no demo. */
  NODE_ENV: z.enum(['production', 'development', 'test']).optional(),
  PORT: port.default(4000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Run on a server that may lose, in a crash, what was acknowledged. */
  TIERLINE_ACCEPT_DATA_LOSS: flag.default(false),
  TIERLINE_DATA: z.string().min(1).default('data'),
  /** 32 bytes or more, base64: seals identifiers and signs cursors. `id:base64`, several separated by commas, the first seals. */
  TIERLINE_DATA_KEY: z
    .string()
    .regex(
      /^[\w-]{1,16}:[\w+/=-]{43,}(,[\w-]{1,16}:[\w+/=-]{43,})*$/,
      'is a list of id:base64 with 32 bytes or more each',
    )
    .optional(),
  JWT_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  JWT_PUBLIC_KEY: z.string().startsWith('-----BEGIN', 'is a public key as PEM').optional(),
  JWT_ISSUER: z.string().min(1).optional(),
  JWT_AUDIENCE: z.string().min(1).default('tierline'),
  /** Which claim names the person, and what of a person it is. */
  JWT_SUBJECT_CLAIM: z.string().min(1).default('sub'),
  JWT_SUBJECT_IS: z.enum(SUBJECT_KEYS).optional(),
  TIERLINE_ORIGINS: z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .default([]),
  TIERLINE_INTROSPECTION: flag.default(false),
  /** What differs from the limits of server/transport/admission/limits.ts: `name=number`, separated by commas. */
  TIERLINE_LIMITS: z
    .string()
    .transform((text, { addIssue }) => {
      try {
        return parseLimits(text);
      } catch (error) {
        addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
        return z.NEVER;
      }
    })
    .default({}),
  /** A JSON file of documents by id: then no others are taken. */
  TIERLINE_OPERATIONS: z.string().min(1).optional(),
  /** The board's page at `/`: as what the identity provider knows it, where the provider is (JWT_ISSUER unless said), and what it asks for. */
  TIERLINE_BOARD_CLIENT_ID: z.string().min(1).optional(),
  TIERLINE_BOARD_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  TIERLINE_BOARD_SCOPE: z.string().min(1).default('openid offline_access'),
  /** Who brings it as a bearer token reads /metrics. */
  TIERLINE_METRICS_TOKEN: z.string().min(16, 'has 16 characters or more').optional(),
  /** A line of the log for each operation. */
  TIERLINE_REQUEST_LOG: flag.default(false),
  TIERLINE_DRAIN_MS: z.coerce.number().int().min(0).max(10_000).default(2_000),
  TIERLINE_SLOW_MS: z.coerce.number().int().min(1).default(1_000),
  /** A JSON file with any of these settings; what the environment says goes before it. */
  TIERLINE_CONFIG: z.string().min(1).optional(),
  /** Plugins beside the built-in ones: paths or names of packages, separated by commas. */
  TIERLINE_PLUGINS: z
    .string()
    .transform((list) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .default([]),
  /** Days for which answers of policies are kept, and one of how many of which nothing came; 0 keeps none of those. */
  TIERLINE_DECISION_DAYS: z.coerce.number().int().min(1).max(3_660).default(90),
  TIERLINE_DECISION_SAMPLE: z.coerce.number().int().min(0).default(100),
  /** What files may be: bytes of one (ours: 10 MiB), and media types, separated by commas (server/domain/files/rules.ts). */
  TIERLINE_FILE_BYTES: z.coerce.number().int().min(1).max(104_857_600).default(FILE_RULES.maxBytes),
  TIERLINE_FILE_TYPES: z
    .string()
    .transform((list) => list.split(',').map((type) => type.trim().toLowerCase()))
    .pipe(z.array(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, 'is a list of media types such as application/pdf')))
    .default([...FILE_RULES.types]),
  /** Where they run. */
  TIERLINE_PLUGINS_IN: z.enum(['thread', 'process']).default('thread'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Env = z.infer<typeof schema>;

/** The names of all settings. */
export const SETTINGS: readonly string[] = Object.keys(schema.shape);

/** A variable of the environment breaks its rule; the message names each. */
export class EnvError extends Error {}

/**
 * Reads the settings of the environment.
 *
 * @throws {EnvError} naming each variable and its rule
 */
export function readEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  // An empty variable is one that is not set.
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
  const read = schema.safeParse(set);
  if (read.success) return read.data;
  throw new EnvError(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
}

/** The settings of an environment, with those of the file that it names. */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): Env {
  const { TIERLINE_CONFIG: file } = variables;
  return readEnv({ ...(file && readConfig(file)), ...variables });
}

/** Settings that whoever reads them could use against the server. */
const SECRETS = ['DATABASE_URL', 'TIERLINE_DATA_KEY', 'TIERLINE_METRICS_TOKEN'] as const;

/**
 * The settings of this process, whose secrets leave its environment as they are read: nothing that runs in it later, or that it
 * starts, finds them there.
 */
export function takeEnv(variables: NodeJS.ProcessEnv = process.env): Env {
  const env = readSettings(variables);
  for (const name of SECRETS) delete variables[name];
  return env;
}

const configSchema = z.record(
  z.string(),
  z.union(
    [z.string(), z.number(), z.boolean(), z.array(z.string())],
    'is a text, a number, true or false, or a list of texts',
  ),
);

/**
 * Settings of a JSON file, by their names: what the environment does not say.
 *
 * @throws {EnvError} it cannot be read, or has what is no setting; both are named
 */
function readConfig(file: string): Record<string, string> {
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new EnvError(`TIERLINE_CONFIG: ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = configSchema.safeParse(written);
  if (!read.success)
    throw new EnvError(
      read.error.issues.map(({ path, message }) => `TIERLINE_CONFIG: ${path.join('.') || file}: ${message}`).join('\n'),
    );
  const unknown = Object.keys(read.data).filter(
    (name) => !Object.hasOwn(schema.shape, name) || name === 'TIERLINE_CONFIG',
  );
  if (unknown.length > 0)
    throw new EnvError(unknown.map((name) => `TIERLINE_CONFIG: ${name}: is no setting`).join('\n'));
  return Object.fromEntries(
    Object.entries(read.data).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  );
}

/** Variables that look like settings and are none, each with the setting whose name is nearest, where one is near. */
export function unknownVariables(
  variables: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly nearest: string | null }[] {
  return Object.keys(variables)
    .filter((name) => /^(TIERLINE|JWT)_/.test(name) && !SETTINGS.includes(name))
    .map((name) => {
      const [first] = SETTINGS.map((setting) => ({ setting, far: distance(name, setting) })).sort(
        (one, other) => one.far - other.far,
      );
      return { name, nearest: first && first.far <= Math.max(3, name.length / 4) ? first.setting : null };
    });
}

/** How many letters have to be put in, left out or changed to make one word of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [index, another] of [...other].entries())
      next.push(
        Math.min((row[index] ?? 0) + (letter === another ? 0 : 1), (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
