import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './source-files.ts';

/** Where a slice's word is another one for clients: what they see of it is in this file of schema/. */
const SEEN_AS: Readonly<Record<string, string>> = {
  budget: 'application',
  care: 'workload',
  import: 'metric',
  interactions: 'interaction',
  policies: 'policy',
  privacy: 'compliance',
  disputes: 'meeting',
};

const slices = readdirSync(join(ROOT, 'server/domain'));
const singular = (word: string) => word.replace(/ies$/, 'y').replace(/s$/, '');

test('a slice of the domain is seen in schema/ and proved in test/', () => {
  expect(slices.length).toBeGreaterThan(15);
  const unseen = slices.filter((slice) => !existsSync(join(ROOT, `schema/${SEEN_AS[slice] ?? singular(slice)}.ts`)));
  expect(unseen, 'without a file of schema/').toEqual([]);
  const unproved = slices.filter((slice) => {
    const folder = join(ROOT, 'test', slice);
    return !existsSync(folder) || !readdirSync(folder).some((name) => name.endsWith('.test.ts'));
  });
  expect(unproved, 'without tests of their word').toEqual([]);
});
