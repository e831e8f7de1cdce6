import { expect, test } from 'vitest';
import { z } from '../../server/engine/policy/contract.ts';
import { issueText } from '../../server/engine/policy/declaration/issue-text.ts';

test.each([
  { schema: z.number().gt(0), value: 0, says: 'is 0, more than 0' },
  { schema: z.number().max(20), value: 21, says: 'is 21, 20 at most' },
  { schema: z.string().min(3), value: 'ab', says: 'is "ab", 3 characters at least' },
  { schema: z.string().regex(/^\d{7}$/, 'is not of 7 digits'), value: '12', says: 'is "12", which is not of 7 digits' },
  {
    schema: z.union([z.number(), z.string().regex(/^\d+$/, 'is no count')]),
    value: 'x',
    says: 'is "x", which is no count',
  },
  { schema: z.union([z.literal(1), z.literal(3)]), value: 2, says: 'is 2, which is none of the forms that are asked' },
  { schema: z.number().refine((one) => one % 2 === 0, 'is odd'), value: 3, says: 'is odd' },
  { schema: z.uuid(), value: 'x', says: 'is "x", a text of the form uuid is asked' },
  { schema: z.string(), value: 3, says: 'is 3, a text is asked' },
  {
    schema: z.number(),
    value: 'a long text that goes on and on and on and on',
    says: 'is "a long text that goes on and on and on …, a number is asked',
  },
])('a schema of a plugin says what it asks: $says', ({ schema, value, says }) => {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  expect(issue && issueText(issue, value)).toBe(says);
});
