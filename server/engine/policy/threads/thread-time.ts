import { readFileSync, readlinkSync } from 'node:fs';

/** The operating system's id of the thread that asks, 0 where it is not told (outside of Linux). */
export function ownThreadId(): number {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1)) || 0;
  } catch {
    return 0;
  }
}

/**
 * The time for which the processor worked for a thread of this process, in ms; `null` where the system does not tell.
 * A thread that is slow because it has no processor is told apart by it from one that runs in circles.
 */
export function processorMs(threadId: number): number | null {
  if (threadId === 0) return null;
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${threadId}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return null;
  }
}
