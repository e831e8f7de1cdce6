import { createLog } from '../create-log.ts';
import { type SandboxOptions, startSandbox } from '../sandbox/sandbox.ts';
import { untilSignal } from './until-signal.ts';

/** Runs a sandbox until it is told to stop; nothing but the line of JSON goes to standard output with `json`. */
export async function runSandbox({
  json,
  ...options
}: Omit<SandboxOptions, 'log'> & { readonly json: boolean }): Promise<void> {
  const stopped = untilSignal();
  const { app, info } = await startSandbox({ ...options, log: createLog('warn') });
  if (json) {
    process.stdout.write(`${JSON.stringify(info)}\n`);
  } else {
    const names = Object.keys(info.tokens);
    const [first = ''] = names;
    console.log(`
  The sandbox is ready; its clock stands at ${info.now}.

  GraphQL and GraphiQL  ${info.url}
  WebSocket             ${info.wsUrl}
  Database              ${app.services.database.describe}

  ${names.length} people, by branch and role: ${names.slice(0, 6).join(', ')} ...
  Their tokens: --json prints all; here is ${first}:
    ${info.tokens[first] ?? ''}

  Move the clock with: mutation { advanceClock(to: "...") { now alertsRaised tasksCreated } }
`);
  }
  await stopped;
  await app.close();
}
