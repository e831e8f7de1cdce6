import fs from 'node:fs';
import path from 'node:path';
import type { Pool } from 'pg';
import { openDatabase } from '../../platform/storage/database.ts';
import { FolderLockedError } from '../../platform/storage/errors.ts';
import { connectServer } from '../../platform/storage/server/open-server.ts';
import type { ServerFacts, ServerFault } from '../../platform/storage/server/server-faults.ts';
import { operatorError } from '../cli/operator-error.ts';
import type { Env } from '../env.ts';
import { presentDataKeys } from '../serve.ts';
import { checkData } from './data-checks.ts';
import { failed, failedAs, ok, type Row, warning } from './finding-row.ts';

/** Looks at the database of an environment, and writes nothing to it. */
export async function checkDatabase(env: Env): Promise<Row[]> {
  try {
    return env.DATABASE_URL ? await checkServer(env.DATABASE_URL, env) : await checkFolder(env);
  } catch (error) {
    const { DATABASE_URL, TIERLINE_DATA, HOST, PORT } = env;
    const said = operatorError(error, { DATABASE_URL, TIERLINE_DATA, HOST, PORT: String(PORT) });
    if (!said) throw error;
    return [failedAs('database', said.sentence)];
  }
}

async function checkServer(url: string, env: Env): Promise<Row[]> {
  const { pool, facts, faults } = await connectServer(url, () => {});
  try {
    const rows = judgeServer(facts, faults, env.TIERLINE_ACCEPT_DATA_LOSS);
    return [...rows, ...(await attempt(pool, env))];
  } finally {
    await pool.end();
  }
}

/** What the server is may be what keeps the rest from being asked; then that is said instead. */
async function attempt(pool: Pool, env: Env): Promise<Row[]> {
  try {
    return await checkData(pool, presentDataKeys(env));
  } catch (error) {
    const { DATABASE_URL, TIERLINE_DATA, HOST, PORT } = env;
    const said = operatorError(error, { DATABASE_URL, TIERLINE_DATA, HOST, PORT: String(PORT) });
    if (!said) throw error;
    return [failedAs('data', said.sentence)];
  }
}

const FINE: Readonly<Record<ServerFault['check'], (facts: ServerFacts) => string>> = {
  version: ({ versionText }) => `PostgreSQL ${versionText}.`,
  standby: () => 'It is a primary, and this user may write.',
  pooler: () => 'Each connection has a session of its own.',
  schema: ({ schema }) =>
    schema ? `The tables are in the schema ${schema}.` : 'The schema is made by the migrations.',
  durability: () => 'What it acknowledges outlives a crash.',
};

/** A row for each thing that a start asks of a server. */
export function judgeServer(facts: ServerFacts, faults: readonly ServerFault[], acceptsLoss: boolean): Row[] {
  return (Object.keys(FINE) as ServerFault['check'][]).map((check) => {
    const fault = faults.find((one) => one.check === check);
    if (!fault) return ok(check, FINE[check](facts));
    const says = check === 'durability' || check === 'version' ? fault.says : `DATABASE_URL: ${fault.says}`;
    const isAccepted = check === 'durability' && acceptsLoss;
    return isAccepted ? warning(check, says, fault.cure) : failed(check, says, fault.cure);
  });
}

async function checkFolder(env: Env): Promise<Row[]> {
  const folder = path.join(env.TIERLINE_DATA, 'db');
  if (!fs.existsSync(path.join(folder, 'PG_VERSION'))) return [checkRoom(env.TIERLINE_DATA)];
  try {
    const database = await openDatabase({ folder }, { onError: () => {} });
    try {
      return [ok('database', `${database.describe}.`), ...(await attempt(database.pool, env))];
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof FolderLockedError)) throw error;
    return [
      warning(
        'database',
        `TIERLINE_DATA: ${error.message.split('. ')[0]}.`,
        'To look at the data, run this while no server has them open.',
      ),
    ];
  }
}

/** Whether a database can be made where there is none. */
function checkRoom(folder: string): Row {
  let above = path.resolve(folder);
  while (!fs.existsSync(above)) above = path.dirname(above);
  try {
    fs.accessSync(above, fs.constants.W_OK);
    if (fs.statSync(above).isDirectory()) return ok('database', `A database is made in ${folder} at the first start.`);
  } catch {
    // Said below.
  }
  return failed('database', `TIERLINE_DATA: nothing can be written at ${above}.`, 'Name a folder of this user.');
}
