import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** A folder of somebody who has installed the package. */
export interface Installed extends Disposable {
  readonly folder: string;
  /** Names of the files in the package. */
  readonly files: readonly string[];
  /** Writes a file into the folder. */
  write(name: string, text: string): void;
  /** Runs a program of an installed package to its end. @returns what it printed @throws {Error} it failed, with what it printed */
  run(command: string, args: readonly string[]): string;
}

/** Builds the package, packs it and installs it into an empty folder, as `npm i tierline` does. */
export function install(): Installed {
  const home = mkdtempSync(path.join(tmpdir(), 'tierline-package-'));
  const npm = (args: readonly string[], cwd: string) =>
    execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const packed = npm(['pack', '--json', '--pack-destination', home], ROOT);
  const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as [
    { filename: string; files: { path: string }[] },
  ];
  const folder = path.join(home, 'project');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', path.join(home, filename)], folder);
  return {
    folder,
    files: files.map((file) => file.path),
    write: (name, text) => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    },
    run: (command, args) => {
      try {
        return execFileSync(process.execPath, [binOf(folder, command), ...args], {
          cwd: folder,
          encoding: 'utf8',
          stdio: 'pipe',
        });
      } catch (error) {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
      }
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

function binOf(folder: string, command: string): string {
  const home = path.join(folder, 'node_modules', command);
  const { bin } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as {
    bin: string | Readonly<Record<string, string>>;
  };
  return path.join(home, typeof bin === 'string' ? bin : (bin[command] ?? ''));
}

/** A server that was started with `tierline start` and nothing else. */
export interface Started extends AsyncDisposable {
  readonly url: string;
  readonly wsUrl: string;
  /** Of the broadband supervisor. */
  readonly token: string;
}

/**
 * Starts the installed package with a Node, on a free port.
 *
 * @param at a folder within the project, where its data come to lie
 */
export async function start(
  { folder }: Installed,
  { node, at, options }: { readonly node: string; readonly at: string; readonly options: readonly string[] },
): Promise<Started> {
  const cwd = path.join(folder, at);
  mkdirSync(cwd, { recursive: true });
  const child: ChildProcess = spawn(node, [binOf(folder, 'tierline'), 'start', ...options], {
    cwd,
    env: { PATH: process.env.PATH, PORT: '0' },
  });
  let printed = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const hear = (part: Buffer) => {
      printed += part;
      if (printed.includes('Stop with')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    void ended.then(() => reject(new Error(`it ended: ${printed}`)));
  });
  const found = (pattern: RegExp) => pattern.exec(printed)?.[1] ?? '';
  return {
    url: found(/GraphiQL +(http\S+)/),
    wsUrl: found(/WebSocket +(ws\S+)/),
    token: found(/supervisor \(broadband\).*\n +(\S+)/),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
