import { PluginError } from '../../engine/policy/errors.ts';
import { StorageError } from '../../platform/storage/errors.ts';
import { DomainError } from '../../platform/values/errors.ts';
import { EnvError } from '../env.ts';
import { SettingsError } from '../settings-error.ts';
import { SaidError } from './with-database.ts';

/** What an operator reads of an error, and what the command ends with: 2 where a setting has to be put right, else 1. */
export interface Said {
  readonly sentence: string;
  readonly code: 1 | 2;
}

type Place = Readonly<Record<'DATABASE_URL' | 'TIERLINE_DATA' | 'HOST' | 'PORT', string | undefined>>;

/** Errors of commands that are loaded when they are needed: known by name, so that `start` need not load them. */
const SAID: readonly string[] = ['BackupError', 'DatabaseNotEmptyError', 'KitError', 'NewPluginError'];

/** Of `StorageError`: those that another place of the data mends. */
const OF_PLACES: readonly string[] = ['FOLDER_LOCKED', 'NOT_A_DATABASE_FOLDER', 'UNSUPPORTED_DATABASE', 'DATA_LOSS'];

/** What PostgreSQL says when it lets nobody in, as a sentence after the setting's name. */
const OF_POSTGRES: Readonly<Record<string, (place: string, message: string) => string>> = {
  '28P01': (place) => `${place} refuses the password of this user.`,
  '28000': (place, message) => `${place} lets this user in from nowhere: ${message}.`,
  '3D000': (place, message) => `${place} answers that there is none of this name: ${message}.`,
  '42501': (place, message) => `${place} does not let this user do what is needed: ${message}.`,
  '53300': (place) => `${place} has no connection left for this user.`,
  '57P03': (place) => `${place} is starting or stopping; try again in a moment.`,
};

const OF_NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at',
  ENOTFOUND: 'no such host:',
  EAI_AGAIN: 'no such host, or no name service, for',
  EHOSTUNREACH: 'there is no way to',
  ENETUNREACH: 'there is no way to',
  ETIMEDOUT: 'nothing answers at',
  ECONNRESET: 'the connection was cut by',
};

const OF_FILES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no',
  EACCES: 'this user may not open',
  EPERM: 'this user may not open',
  EROFS: 'nothing can be written at',
  ENOTDIR: 'a part of the way is no folder:',
  EISDIR: 'it is a folder, not a file:',
  ENOSPC: 'the disk has no room for',
};

/** What went wrong, in one sentence that names the setting; null for a defect, which shows where it is. */
export function operatorError(error: unknown, place: Place): Said | null {
  if (error instanceof EnvError || error instanceof SettingsError) return { sentence: error.message, code: 2 };
  if (error instanceof PluginError) {
    const [only, ...others] = error.problems;
    return { sentence: only && others.length === 0 ? `--plugin: ${only}` : error.message, code: 2 };
  }
  if (error instanceof StorageError) {
    // It names its setting itself.
    if (error.code === 'WRONG_DATA_KEY') return { sentence: error.message, code: 2 };
    if (!OF_PLACES.includes(error.code)) return { sentence: error.message, code: 1 };
    return { sentence: `${place.DATABASE_URL ? 'DATABASE_URL' : 'TIERLINE_DATA'}: ${error.message}`, code: 2 };
  }
  if (error instanceof SaidError) return { sentence: error.message, code: error.code };
  if (error instanceof DomainError || (error instanceof Error && SAID.includes(error.name)))
    return { sentence: error.message, code: 1 };
  const sentence = ofListening(error, place) ?? ofDatabase(error, place) ?? ofFile(error, place);
  return sentence ? { sentence, code: 2 } : null;
}

interface System {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly path?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly driverAdapterError?: unknown;
}

function ofListening(error: unknown, { HOST, PORT }: Place): string | null {
  const { code, syscall } = (error ?? {}) as System;
  if (syscall !== 'listen') return null;
  if (code === 'EADDRINUSE') return `PORT: something else listens at ${PORT ?? 4000} already; name another one.`;
  if (code === 'EACCES') return `PORT: this user may not listen at ${PORT ?? 4000}; name one of 1024 or above.`;
  return `HOST: this machine has no address ${HOST ?? ''} to listen at (${String(code)}).`;
}

function ofDatabase(error: unknown, { DATABASE_URL }: Place, depth = 0): string | null {
  if (!DATABASE_URL || typeof error !== 'object' || error === null || depth > 4) return null;
  const { code, message, cause, driverAdapterError, syscall } = error as System;
  const at = `the PostgreSQL at ${hostOf(DATABASE_URL)}`;
  const said = typeof code === 'string' ? OF_POSTGRES[code] : undefined;
  if (said) return `DATABASE_URL: ${said(at, String(message))}`;
  const network = typeof code === 'string' && syscall !== 'open' ? OF_NETWORK[code] : undefined;
  if (network) return `DATABASE_URL: ${network} ${hostOf(DATABASE_URL)} (${String(code)}).`;
  const text = String(message ?? '');
  if (/CERT|SIGNATURE/.test(String(code)) || /self.signed certificate|unable to (verify|get)/i.test(text))
    return `DATABASE_URL: the certificate of ${at} is not trusted (${String(code ?? text)}). Name its authority with sslrootcert=FILE in the URL, or NODE_EXTRA_CA_CERTS.`;
  if (/does not support SSL/i.test(text))
    return `DATABASE_URL: ${at} speaks no TLS; leave sslmode out, or turn it on there.`;
  if (/timeout (exceeded when trying|expired)|terminated due to connection timeout/i.test(text))
    return `DATABASE_URL: nothing answers at ${hostOf(DATABASE_URL)} in time.`;
  return (
    ofDatabase(cause, { DATABASE_URL } as Place, depth + 1) ??
    ofDatabase(driverAdapterError, { DATABASE_URL } as Place, depth + 1)
  );
}

function ofFile(error: unknown, { TIERLINE_DATA }: Place): string | null {
  const { code, path } = (error ?? {}) as System;
  const what = typeof code === 'string' ? OF_FILES[code] : undefined;
  if (!what || typeof path !== 'string') return null;
  const folder = TIERLINE_DATA ?? 'data';
  const isData = path === folder || path.startsWith(`${folder}/`);
  return `${isData ? 'TIERLINE_DATA' : 'file'}: ${what} ${path}.`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host || 'the local socket' : 'the configured address';
}
