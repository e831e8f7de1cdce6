import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/**
 * By what others on the same machine see that a process lives, in whatever container it is: a socket in a folder that both
 * have. The kernel closes it when the process ends, however it ends, and takes connections for it however busy it is.
 */
export interface LifeSign {
  /** The socket's name in the folder; null where the file system or the platform has none. */
  readonly name: string | null;
  end(): void;
}

/** Milliseconds after which no answer counts as a life. */
const ASK_MS = 2_000;

/** Gives a sign of life in a folder until `end` is called or the process is no more. Holds no process up. */
export async function giveLifeSign(folder: string): Promise<LifeSign> {
  const name = `alive-${randomUUID()}`;
  const server = net.createServer((socket) => socket.destroy());
  const isGiven = await atShortPath(folder, name, (address) => {
    return new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(address, () => resolve(true));
    });
  });
  if (!isGiven) return { name: null, end: () => {} };
  server.on('error', () => {});
  server.unref();
  return {
    name,
    end: () => {
      server.close();
      fs.rmSync(path.join(folder, name), { force: true });
    },
  };
}

/** Whether nobody is behind a sign of life any more. Only of a process on this machine: elsewhere the socket is deaf. */
export async function isLifeGone(folder: string, name: string): Promise<boolean> {
  return atShortPath(folder, path.basename(name), (address) => {
    return new Promise<boolean>((resolve) => {
      const socket = net.connect(address);
      const answer = (isGone: boolean) => {
        socket.destroy();
        resolve(isGone);
      };
      socket.setTimeout(ASK_MS, () => answer(false));
      socket.once('connect', () => answer(false));
      socket.once('error', ({ code }: NodeJS.ErrnoException) => answer(code === 'ECONNREFUSED' || code === 'ENOENT'));
    });
  });
}

/** A socket's path has about a hundred characters: it is named by the folder's descriptor, which is short. */
async function atShortPath(folder: string, name: string, use: (address: string) => Promise<boolean>): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const descriptor = fs.openSync(folder, 'r');
  try {
    return await use(`/proc/self/fd/${descriptor}/${name}`);
  } finally {
    fs.closeSync(descriptor);
  }
}
