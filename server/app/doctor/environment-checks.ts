import { createServer } from 'node:net';
import { unfitNode } from '../cli/node-version.ts';
import { operatorError } from '../cli/operator-error.ts';
import { type Env, EnvError, readSettings, unknownVariables } from '../env.ts';
import { isUnconfigured, settingsFaults } from '../serve.ts';
import { failed, failedAs, ok, type Row, warning } from './finding-row.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Milliseconds in which whoever has the port may say who they are. */
const ASK_MS = 2_000;

/** Of this program's own version of Node. */
export function checkNode(version: string): Row {
  const why = unfitNode(version);
  return why ? failedAs('node', why) : ok('node', `Node ${version}.`);
}

/** Names that look like settings and are none. */
export function checkVariables(variables: Variables): Row[] {
  const unknown = unknownVariables(variables);
  if (unknown.length === 0) return [ok('variables', 'Every TIERLINE_... and JWT_... that is set is a setting.')];
  return unknown.map(({ name, nearest }) =>
    warning('variables', `${name} is no setting and is not read.`, nearest ? `Is ${nearest} meant?` : 'Take it away.'),
  );
}

/** @returns the settings too; null where they cannot be read, so that nothing else can be looked at */
export function checkSettings(variables: Variables): { readonly rows: readonly Row[]; readonly env: Env | null } {
  try {
    const env = readSettings(variables);
    if (isUnconfigured(env))
      return { env, rows: [ok('settings', 'Nothing is set: `tierline start` shows the demo, on this machine only.')] };
    const faults = settingsFaults(env).map((fault) => failedAs('settings', fault));
    return { env, rows: faults.length > 0 ? faults : [ok('settings', 'All settings that a start needs are there.')] };
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return { env: null, rows: error.message.split('\n').map((line) => failedAs('settings', line)) };
  }
}

/** Whether the port is free, or a Tierline has it. */
export async function checkPort({ PORT, HOST }: Pick<Env, 'PORT' | 'HOST'>): Promise<Row> {
  const error = await tryPort(PORT, HOST);
  if (!error) return ok('port', PORT === 0 ? 'Any free port is taken.' : `Port ${PORT} of ${HOST} is free.`);
  if (error.code === 'EADDRINUSE' && (await isTierline(PORT, HOST)))
    return ok('port', `Tierline runs at port ${PORT} of ${HOST}.`);
  const said = operatorError(error, { DATABASE_URL: undefined, TIERLINE_DATA: undefined, HOST, PORT: String(PORT) });
  return said
    ? failed('port', said.sentence, 'Name another PORT or HOST, or stop what has it.')
    : failedAs('port', String(error));
}

function tryPort(port: number, host: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

/** Its page of readiness says of itself whether it is ready. */
async function isTierline(port: number, host: string): Promise<boolean> {
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${near}:${port}/ready`, { signal: AbortSignal.timeout(ASK_MS) });
    const body: unknown = await answer.json();
    return typeof body === 'object' && body !== null && ('status' in body || 'errors' in body);
  } catch {
    return false;
  }
}
