import type { Database } from '../../platform/storage/database.ts';
import { createLog } from '../create-log.ts';
import { type Env, takeEnv } from '../env.ts';

/** Works on the environment's database, which needs no key and nobody who signs in; loaded only now, for it is much. */
export async function withDatabase<Result>(work: (database: Database, env: Env) => Promise<Result>): Promise<Result> {
  const [{ databaseSettings }, { openDatabase }] = await Promise.all([
    import('../serve.ts'),
    import('../../platform/storage/database.ts'),
  ]);
  const env = takeEnv();
  const log = createLog('warn');
  const database = await openDatabase(databaseSettings(env), {
    onError: (error) => log.warn({ err: error }, 'database'),
  });
  try {
    return await work(database, env);
  } finally {
    await database.close();
  }
}

/** What an operator is told in a sentence, in the language that was asked for. */
export class SaidError extends Error {
  override readonly name = 'SaidError';
  /** What the command ends with. */
  readonly code: 1 | 2;

  constructor(message: string, code: 1 | 2) {
    super(message);
    this.code = code;
  }
}

/** What a command found: one line of JSON, or sentences. */
export function show(json: boolean, value: object, sentences: readonly string[]): void {
  if (json) console.log(JSON.stringify(value));
  else for (const sentence of sentences) console.log(sentence);
}
