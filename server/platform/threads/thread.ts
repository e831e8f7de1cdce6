import { setFlagsFromString } from 'node:v8';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { isBuilt } from '../values/own-package.ts';

/**
 * Lets this process import TypeScript, which plugins of others may be written in. Sources of the platform are run by something that
 * can do so already.
 */
export async function allowTypescript(): Promise<void> {
  if (!isBuilt) return;
  loader ??= import('tsx/esm/api').then(({ register }) => void register());
  await loader;
}

let loader: Promise<void> | undefined;

/**
 * Starts a worker thread from a file of this project, however the project itself was started: from TypeScript sources
 * under tsx, inside Vitest (whose transformed modules a worker cannot load), or from the built JavaScript.
 *
 * @param url the worker's entry as the sources name it, `new URL('./name.ts', import.meta.url)`, or what `compile` made of it
 * @param options as for `Worker`: `workerData`, `resourceLimits`, `env`, `stdout`, `stderr`, `name`, `transferList`;
 *   `execArgv` is added to what the thread needs itself
 * @param imports URLs of what the thread is going to import: TypeScript among them needs a loader
 * @throws {Error} TypeScript is run and tsx is not installed
 */
export function startThread(url: URL, options: WorkerOptions = {}, imports: readonly string[] = []): Worker {
  const entry = isBuilt ? new URL(url.href.replace(/\.ts$/, '.js')) : url;
  const isTypescript = [entry.href, ...imports].some((one) => one.endsWith('.ts'));
  // Not inherited from the process: there `--import tsx` is looked up from the working directory, which may be any.
  if (options.resourceLimits) letThreadsBeLimited();
  const own = isTypescript ? typescriptLoader() : ['--enable-source-maps'];
  return new Worker(entry, { ...options, execArgv: [...own, ...(options.execArgv ?? [])] });
}

/**
 * A process that was started with `--max-old-space-size`, on its command line or by NODE_OPTIONS, hands that limit to all its
 * threads, over the one that they were given. V8 reads the flag as a heap is made, and the heap of the process has been.
 */
function letThreadsBeLimited(): void {
  for (const flag of ['--max-old-space-size', '--max-semi-space-size', '--max-heap-size'])
    setFlagsFromString(`${flag}=0`);
}

/**
 * `--import tsx` alone does nothing here: on Node 20 tsx registers itself in the main thread only, trusting that its
 * hooks reach the workers, and they do not. So the thread registers tsx by hand, from an address that needs no file.
 */
function typescriptLoader(): string[] {
  const tsx = import.meta.resolve('tsx/esm/api');
  const script = `import { register } from ${JSON.stringify(tsx)}; register();`;
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}
