import { mkdtempSync, realpathSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { compile } from '../../server/platform/threads/compile.ts';

/** Files in a folder of their own; by name, the URL of each. */
function written(files: Readonly<Record<string, string>>) {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'tierline-compile-')));
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { write, folder, url: (name: string) => pathToFileURL(path.join(folder, name)).href };
}

const FILES = {
  'shared.ts': 'export class Shared {}\nexport const word: string = "first";\n',
  'one.ts': 'export { Shared, word } from "./shared.ts";\n',
  'two.ts': 'import { Shared } from "./shared.ts";\nexport { Shared };\n',
  'plain.mjs': 'export const word = "plain";\n',
};

test('entries that are compiled together share their modules, and JavaScript stays as it is', async () => {
  const { url } = written(FILES);
  const [one = '', two = '', plain] = await compile([url('one.ts'), url('two.ts'), url('plain.mjs')]);
  expect(plain).toBe(url('plain.mjs'));
  const [{ Shared, word }, other] = [await import(one), await import(two)];
  expect(word).toBe('first');
  expect(other.Shared).toBe(Shared);
});

test('what has not changed is taken as it is; what has, wherever in it, is made anew', async () => {
  const { url, write, folder } = written(FILES);
  const [first] = await compile([url('one.ts')]);
  expect(await compile([url('one.ts')])).toEqual([first]);
  write('shared.ts', 'export class Shared {}\nexport const word: string = "second";\n');
  utimesSync(path.join(folder, 'shared.ts'), 1, 1);
  const [second = ''] = await compile([url('one.ts')]);
  expect(second).not.toBe(first);
  expect((await import(second)).word).toBe('second');
});

test('what cannot be compiled is left to whoever loads it, who says why', async () => {
  const { url } = written({ 'broken.ts': 'export const = 1;', 'lost.ts': 'import "./nowhere.ts";' });
  expect(await compile([url('broken.ts')])).toEqual([url('broken.ts')]);
  expect(await compile([url('lost.ts')])).toEqual([url('lost.ts')]);
});
