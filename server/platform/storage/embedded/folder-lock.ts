import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FolderLockedError } from '../errors.ts';
import { giveLifeSign, isLifeGone, type LifeSign } from './life-sign.ts';

/**
 * One process at a time may have a data folder open: two would both acknowledge writes and lose thousands silently.
 *
 * Beside the folder lies `<folder>.lock/` with numbered entries; **the highest number holds the folder**. To take it is to
 * link(2) the next number, which succeeds for one process only. A holder is asked after, not timed: its process must be
 * gone (or its number used by another, or the machine restarted) before the next number may be linked. Of one in another
 * container the process is not seen; its sign of life is (life-sign.ts). To release is to write "released" into one's own entry. The highest entry is never removed, so nobody can find the lock free while it
 * changes hands. Heartbeats are not used: a busy event loop would look dead.
 */
export interface FolderLock {
  /** Gives the folder up. A second call does nothing. */
  release(): void;
}

/** Who holds a folder. `null` where the platform does not tell. */
interface Holder {
  pid: number;
  /** When the process started, as the platform writes it: a process id is used again, the pair of both is not. */
  startedAt: string | null;
  /** The machine and its process-id namespace: elsewhere the process id means nothing. */
  host: string;
  /** Changes when the machine restarts. */
  boot: string | null;
  /** The name of its sign of life, in the lock's folder; none where it could give none. */
  alive?: string;
  released?: true;
}

/**
 * Takes the folder for this process.
 *
 * @param takeOver takes the folder from a holder on another host or in another container, which cannot be asked after;
 *   never from one that is seen to be alive
 * @throws {FolderLockedError} the folder is held; the message names the holder
 */
export async function lockFolder(folder: string, { takeOver = false } = {}): Promise<FolderLock> {
  const lock = `${folder}.lock`;
  fs.mkdirSync(lock, { recursive: true });
  const sign = await giveLifeSign(lock);
  try {
    return await take(folder, lock, sign, takeOver);
  } catch (error) {
    sign.end();
    throw error;
  }
}

async function take(folder: string, lock: string, sign: LifeSign, takeOver: boolean): Promise<FolderLock> {
  const me = identify(sign);
  // Each try is lost to somebody who took a number meanwhile; they are then found alive, so this ends.
  for (let tries = 0; tries < 20; tries++) {
    const highest = entries(lock).at(-1) ?? 0;
    if (highest > 0) {
      const holder = read(path.join(lock, String(highest)));
      if (holder === 'unwritten' && tries < 10) {
        await wait(50);
        continue;
      }
      await refuseIfHeld(folder, lock, holder, me, takeOver);
    }
    const mine = path.join(lock, String(highest + 1));
    if (!claim(mine, me)) continue;
    // A slow process may have linked a number that was used and tidied away long ago.
    if (entries(lock).at(-1) !== highest + 1) {
      fs.rmSync(mine, { force: true });
      continue;
    }
    for (const old of entries(lock)) if (old <= highest) tidy(lock, String(old));
    return {
      release: () => {
        release(mine, me);
        sign.end();
      },
    };
  }
  throw new FolderLockedError(`${folder} is wanted by several processes at once. Start one of them.`);
}

async function refuseIfHeld(
  folder: string,
  lock: string,
  holder: Holder | 'unwritten' | 'gone',
  me: Holder,
  takeOver: boolean,
): Promise<void> {
  if (holder === 'gone') return;
  if (holder === 'unwritten') {
    if (takeOver) return;
    throw new FolderLockedError(`${folder} has a lock that cannot be read. If nothing has it open, delete ${lock}.`);
  }
  if (holder.released) return;
  const isSameBoot = holder.boot !== null && holder.boot === me.boot;
  if (holder.host !== me.host) {
    if (isSameBoot && holder.alive) {
      if (await isLifeGone(lock, holder.alive)) return;
      throw new FolderLockedError(
        `${folder} is open in process ${holder.pid} of another container (${holder.host}). Stop that one first.`,
        holder.pid,
      );
    }
    if (takeOver) return;
    throw new FolderLockedError(
      `${folder} is held by process ${holder.pid} on another host or in another container (${holder.host}), which cannot ` +
        'be asked after from here. If it is certain that it has stopped, run `tierline start --take-over`.',
      holder.pid,
    );
  }
  if (holder.boot !== null && me.boot !== null && !isSameBoot) return;
  if (!isAlive(holder)) return;
  throw new FolderLockedError(`${folder} is open in process ${holder.pid}. Stop that process first.`, holder.pid);
}

/** Removes an entry that holds nothing any more, and the sign of life that a killed process has left. */
function tidy(lock: string, name: string): void {
  const holder = read(path.join(lock, name));
  fs.rmSync(path.join(lock, name), { force: true });
  if (typeof holder === 'object' && holder.alive)
    fs.rmSync(path.join(lock, path.basename(holder.alive)), { force: true });
}

/** @returns whether this process linked the name first */
function claim(name: string, me: Holder): boolean {
  const draft = path.join(path.dirname(name), `draft-${process.pid}-${randomUUID()}`);
  try {
    writeDurably(draft, me);
    fs.linkSync(draft, name);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A file system without links. Then the name appears before its content, which readers allow for.
    if (code && ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code))
      return claimWithoutLinks(name, me);
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function claimWithoutLinks(name: string, me: Holder): boolean {
  try {
    writeDurably(name, me);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function writeDurably(name: string, holder: Holder): void {
  const handle = fs.openSync(name, 'wx');
  try {
    fs.writeSync(handle, JSON.stringify(holder));
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function release(mine: string, me: Holder): void {
  const draft = `${mine}.released`;
  try {
    fs.writeFileSync(draft, JSON.stringify({ ...me, released: true }));
    fs.renameSync(draft, mine);
  } catch {
    // The folder may be gone already; and a lock that stays is found stale when this process has ended.
  }
}

/** The numbers in use, ascending. */
function entries(lock: string): number[] {
  return fs
    .readdirSync(lock)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function read(name: string): Holder | 'unwritten' | 'gone' {
  try {
    return JSON.parse(fs.readFileSync(name, 'utf8')) as Holder;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'unwritten';
  }
}

/** This process as others will find it in the lock. */
function identify({ name }: LifeSign): Holder {
  const started = { pid: process.pid, startedAt: startOf(process.pid) };
  return { ...started, host: hostIdentity(), boot: bootIdentity(), ...(name !== null && { alive: name }) };
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, but belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const current = startOf(pid);
  // Where the platform does not tell when it started, a process with this id counts as the holder.
  if (current === null || startedAt === null) return true;
  return current === startedAt;
}

/** When a process started; null if it is unknown, 'ended' for one that has ended and only waits to be fetched. */
function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const stat = readText(`/proc/${pid}/stat`);
    // The second field is the program's name in parentheses and may itself contain both.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields?.[0] === 'Z' || fields?.[0] === 'X') return 'ended';
    return fields?.[19] ?? null;
  }
  if (process.platform === 'win32') return null;
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || null;
}

function hostIdentity(): string {
  const machine = readText('/etc/machine-id')?.trim();
  return [os.hostname(), machine?.slice(0, 12), pidNamespace()].filter(Boolean).join('/');
}

function pidNamespace(): string | undefined {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function bootIdentity(): string | null {
  const linux = readText('/proc/sys/kernel/random/boot_id')?.trim();
  if (linux || process.platform !== 'darwin') return linux ?? null;
  return spawnSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).stdout?.trim() || null;
}

function readText(name: string): string | undefined {
  try {
    return fs.readFileSync(name, 'utf8');
  } catch {
    return undefined;
  }
}
