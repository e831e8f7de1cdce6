import fs from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** The part of Emscripten's file system for Node that is extended here. */
interface NodeFileSystem {
  realPath(node: { mode: number }): string;
  stream_ops: { fsync?: (stream: { nfd?: number | null; node: { mode: number } }) => number };
}

type Options = Parameters<NodeFS['init']>[1];

/**
 * A folder on disk whose writes survive a power cut. PGlite's own `NodeFS` makes no fsync at all: with half of the
 * unwritten blocks lost, half of the folders no longer opened, and the others had lost every acknowledged row.
 */
export class SyncNodeFS extends NodeFS {
  /** How often a file was brought to the disk. */
  files = 0;
  /** How often a directory was. */
  directories = 0;

  override async init(pg: PGlite, options: Options): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addFsync = (module: unknown) => {
      const { NODEFS } = module as { NODEFS: NodeFileSystem };
      NODEFS.stream_ops.fsync = ({ nfd, node }) => {
        // A directory may have been opened without a handle.
        if (nfd == null) syncDirectory(NODEFS.realPath(node));
        else fs.fsyncSync(nfd);
        if ((node.mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR) this.directories++;
        else this.files++;
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [addFsync, ...(emscriptenOpts.preRun ?? [])] } };
  }
}

/**
 * How to start PostgreSQL so that it asks for the fsync calls (`-F` would turn them off), and so that its log of
 * changes stays small: in a single-user backend nothing else limits it.
 */
export const durableStart = [
  ...PGlite.defaultStartParams.filter((word) => word !== '-F'),
  '-c',
  'wal_sync_method=fsync',
  '-c',
  'min_wal_size=32MB',
  '-c',
  'max_wal_size=64MB',
];

/** Brings every file and directory under `folder` to the disk, and the folder's own name. */
export function syncTree(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) syncTree(name);
    else if (entry.isFile()) syncFile(name);
  }
  syncDirectory(folder);
}

function syncFile(name: string): void {
  // Windows refuses fsync on a handle that cannot write.
  const handle = fs.openSync(name, 'r+');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** Brings the names in a directory to the disk, where the platform can: Windows opens no directories. */
export function syncDirectory(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
