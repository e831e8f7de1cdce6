import { expect, test } from 'vitest';
import { statementNames } from '../../server/platform/storage/statement-names.ts';

test('names a statement from its second use on, always the same', () => {
  const name = statementNames();
  expect([1, 2, 3].map(() => name({ sql: 'SELECT 1' }))).toEqual(['', 's1', 's1']);
  expect([1, 2].map(() => name({ sql: 'SELECT 2' }))).toEqual(['', 's2']);
});

test('names no more than so many, and watches no more than so many', () => {
  const name = statementNames({ named: 2, watched: 3 });
  for (const sql of ['a', 'a', 'b', 'b', 'c', 'c']) name({ sql });
  expect(['a', 'b', 'c'].map((sql) => name({ sql }))).toEqual(['s1', 's2', '']);

  const watchful = statementNames({ named: 10, watched: 2, prefix: 'd' });
  for (const sql of ['a', 'b', 'c']) watchful({ sql });
  expect(watchful({ sql: 'a' })).toBe('');
  expect(watchful({ sql: 'c' })).toBe('d1');
});
