import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createInterface } from 'node:readline';

/** A server under measurement, a process of its own. */
export interface Rival {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly process: ChildProcess;
}

/** Starts a program that prints a line of JSON once it serves. */
export async function startProgram<Said>(
  program: string,
  args: readonly string[],
): Promise<Said & { process: ChildProcess }> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) return { ...(JSON.parse(line) as Said), process: child };
  }
  throw new Error(`${program} ended before it served`);
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** Sends a body and reads the whole answer. */
export function post(
  { url, headers }: Rival,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      {
        agent,
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Milliseconds of a processor that a process has taken, from /proc; null where there is no such thing. */
export function processorMs(pid: number | undefined): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // Ticks in user and in kernel mode, of a hundredth of a second.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

/** Answers a second over so many connections, and what each cost the process. */
export async function measure(rival: Rival, body: string, { seconds = 2, connections = 8 } = {}) {
  const before = processorMs(rival.process.pid);
  const from = performance.now();
  let answers = 0;
  const worker = async () => {
    while (performance.now() - from < seconds * 1_000) {
      await post(rival, body);
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const took = performance.now() - from;
  const after = processorMs(rival.process.pid);
  return {
    perSecond: (answers / took) * 1_000,
    processor: before === null || after === null ? null : (after - before) / answers,
  };
}
