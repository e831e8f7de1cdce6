import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { definePolicy, minutes, z } from '../../server/engine/policy/contract.ts';
import { referencePage } from '../../server/engine/policy-kit/docs/page.ts';
import { referencePages, writeReferencePages } from '../../server/engine/policy-kit/docs/pages.ts';

const pages = await referencePages();

test.each([...pages.keys()])('the page %s is the one that is checked in', async (name) => {
  await expect(pages.get(name)).toMatchFileSnapshot(`../../docs/policies/${name}`);
});

test('a page that is not up to date is named, and written', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tierline-pages-'));
  try {
    expect(await writeReferencePages(folder, { check: true })).toMatchObject({ isCurrent: false });
    await writeReferencePages(folder, { check: false });
    expect(await writeReferencePages(folder, { check: true })).toMatchObject({ isCurrent: true });
    writeFileSync(path.join(folder, 'core.md'), 'old');
    const { text, isCurrent } = await writeReferencePages(folder, { check: true });
    expect([text, isCurrent]).toEqual([expect.stringMatching(/^Not up to date: \S+core\.md\./), false]);
    expect(readFileSync(path.join(folder, 'core.md'), 'utf8')).toBe('old');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a page says what is declared: masked fields, blank parameters, promises by kind, what is left', () => {
  const text = { en: 'Text', zh: '文本' };
  const page = referencePage(
    definePolicy({
      id: 'example',
      contract: 1,
      version: '1.0.0',
      label: text,
      access: 'CENTRAL',
      parameters: { limit: { schema: z.number(), description: text, source: 'S01' } },
      profiles: { INDIVIDUAL: z.object({ address: z.string() }) },
      sensitive: ['address'],
      ticketTypes: { COMPLAINT: { label: text }, FAULT: { label: text } },
      answers: {
        promise: ({ ticket, customer }, parameters) => {
          if (ticket.type === 'FAULT')
            return { answer: [{ metric: 'RESOLUTION', target: minutes(parameters.limit) }], because: text };
          if (customer.kind !== 'INTERNAL') return undefined;
          return {
            answer: [{ metric: 'RESOLUTION', target: { kind: 'END_OF_DAY', days: 2, count: 'WORKING' } }],
            because: text,
          };
        },
      },
    }),
  );
  for (const line of [
    '| `address` | String |  | leaves masked, never among the facts |',
    '| `limit` | Text · 文本 | S01 | **blank** |',
    '| `COMPLAINT` Text · 文本 |  | `INTERNAL`: `RESOLUTION` by the end of working day 2 after it | receipt | `always` | 80 % | `CUSTOMER_MANAGER`, `SUPERVISOR` |',
    '| `COMPLAINT` Text · 文本 |  | `INDIVIDUAL`: left to the standard policy |  |  |  |  |',
    '| `FAULT` Text · 文本 |  | not configured: `limit` |  |  |  |  |',
  ])
    expect(page.split('\n')).toContain(line);
});
