import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BARS } from '../bars/bars.ts';
import { pageOf, standingsOf } from '../bars/page.ts';
import { ROOT, read } from './source-files.ts';

test('there are sixty bars, and whatever nothing holds says what is missing', () => {
  expect(Object.keys(BARS)).toEqual(Array.from({ length: 60 }, (_, index) => String(index + 1)));
  const silent = Object.entries(BARS).filter(([, { by, lacks }]) => by.length === 0 && !lacks);
  expect(silent).toEqual([]);
});

test('each test that holds a bar is there', () => {
  const missing = Object.entries(BARS).flatMap(([number, { by }]) =>
    by.flatMap(({ file, test: name }) => {
      if (!existsSync(join(ROOT, file))) return [`bar ${number}: ${file}`];
      return name && !read(file).includes(name) ? [`bar ${number}: ${file}, ${name}`] : [];
    }),
  );
  expect(missing).toEqual([]);
});

test('docs/reliability.md is what the last runs said of these bars', () => {
  const page = read('docs/reliability.md');
  expect(pageOf(standingsOf(page))).toBe(page);
});
