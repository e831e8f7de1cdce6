import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What the compiler says of files of a folder, under the project's own settings; empty where nothing is wrong. */
export async function compile(folder: string, files: readonly string[]): Promise<string> {
  const settings = {
    extends: path.join(ROOT, 'tsconfig.json'),
    compilerOptions: { noUnusedParameters: false, typeRoots: [path.join(ROOT, 'node_modules/@types')] },
    include: [],
    files,
  };
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(settings));
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
    });
    return stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
