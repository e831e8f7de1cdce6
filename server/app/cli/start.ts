import { createLog } from '../create-log.ts';
import type { Env } from '../env.ts';
import { isUnconfigured, type StartOptions, startServer } from '../serve.ts';
import { buildBoard } from './board-build.ts';
import { Steps } from './steps.ts';
import { untilSignal } from './until-signal.ts';

/** The longest that a stop may take, in milliseconds. */
const HARD_STOP_MS = 25_000;

const NO_SETTINGS = `
  Nothing says how people sign in (JWT_JWKS_URL, JWT_PUBLIC_KEY) or where data are kept (DATABASE_URL): this is the demo.`;

/** Runs the server until it is told to stop. */
export async function runServer(
  env: Env,
  options: Omit<StartOptions, 'log' | 'onStep'> & { readonly steps: Steps | null },
): Promise<void> {
  const isImplied = !options.demo && isUnconfigured(env);
  const demo = options.demo || isImplied;
  const log = createLog(demo ? 'warn' : env.LOG_LEVEL);
  process.on('uncaughtException', (error) => {
    // Whatever the state is now, it is not one to go on with.
    log.fatal({ err: error }, 'uncaught');
    process.exit(1);
  });
  const stopped = untilSignal();
  // Whoever did not ask for the demo by its name waits for it too.
  const steps = options.steps ?? (demo ? new Steps((line) => console.log(line)) : null);
  const page = demo || env.TIERLINE_BOARD_CLIENT_ID ? buildBoard() : Promise.resolve(null);
  const { app, url, wsUrl, tokens } = await startServer(env, {
    ...options,
    demo,
    log,
    ...(steps && { onStep: (step) => steps.begin(step) }),
  }).finally(() => steps?.end());
  if (isImplied) console.log(NO_SETTINGS);
  const lacks = await page;
  if (lacks) log.warn({ why: lacks }, 'the page of the board could not be built: npm run board');
  if (demo) console.log(banner({ url, wsUrl, tokens, env }));
  else log.info({ url, wsUrl, database: app.services.database.describe }, 'ready');
  await stopped;
  setTimeout(() => process.exit(1), HARD_STOP_MS).unref();
  await app.close();
}

function banner({
  url,
  wsUrl,
  tokens,
  env,
}: {
  env: Env;
  url: string;
  wsUrl: string;
  tokens: Readonly<Record<string, string>>;
}): string {
  const people = Object.entries(tokens).map(([who, token]) => `  ${who}\n    ${token}`);
  const kept = env.DATABASE_URL
    ? 'The data stay in the database.'
    : `The data stay in the folder ${env.TIERLINE_DATA}; delete it to begin anew.`;
  return `
  Tierline is ready.

  Open                  ${url.replace(/graphql$/, '')}
                        pick a person; an alert comes within half a minute, then one now and again
  GraphQL and GraphiQL  ${url}
                        signed in as the duty officer; ?as=BB-A-SUP1 is somebody else
  WebSocket             ${wsUrl}

  Tokens, for programs of yours:
${people.join('\n')}

  Stop with Ctrl+C. ${kept}
`;
}
