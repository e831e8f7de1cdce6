import fs from 'node:fs';
import path from 'node:path';

const MEGABYTE = 1_048_576;

/** How long a look at the disk is good for, in milliseconds. */
const FRESH_MS = 1_000;

/** Tells in time that the disk is filling up: past that point PostgreSQL stops in the middle of a write. */
export class DiskGuard {
  readonly #folder: string;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #freeBytes = Number.POSITIVE_INFINITY;
  #neededBytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What this user may still write, in bytes. */
  get freeBytes(): number {
    this.#look();
    return this.#freeBytes;
  }

  /** Below this writes are to be refused, in bytes: 256 MB, or twice the log of changes, whichever is more. */
  get neededBytes(): number {
    this.#look();
    return this.#neededBytes;
  }

  isFull(): boolean {
    return this.freeBytes < this.neededBytes;
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < FRESH_MS) return;
    this.#lookedAt = now;
    this.#freeBytes = freeBytesAt(this.#folder);
    this.#neededBytes = Math.max(256 * MEGABYTE, 2 * walBytes(this.#folder));
  }
}

/** @returns bytes, or Infinity where the platform does not tell */
export function freeBytesAt(folder: string): number {
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The size of the write-ahead log in bytes, with the segments that wait to be used again. */
export function walBytes(folder: string): number {
  const wal = path.join(folder, 'pg_wal');
  try {
    return fs
      .readdirSync(wal)
      .reduce((total, name) => total + (fs.statSync(path.join(wal, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    return 0;
  }
}
