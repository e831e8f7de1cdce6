/** What the threads of plugins run, as the sources name it. */
export const POLICY_WORKER = new URL('./plugin-worker.ts', import.meta.url).href;
