import { expect, test } from 'vitest';
import { QUESTIONS } from '../../server/engine/policy/facts.ts';
import { ACTIONS, EVENTS, FIGURES, ROLES } from '../../server/platform/values/enums.ts';
import { contractPage } from './contract-page.ts';

const page = contractPage();

test('the page of the contract says what its types say', async () => {
  await expect(page).toMatchFileSnapshot('../../docs/policy-contract.md');
});

test.each([
  ['question', QUESTIONS.map((question) => `## ${question}\n`)],
  ['action', ACTIONS.map((action) => `| \`${action}\` |`)],
  ['event', EVENTS.map((event) => `\`${event}\``)],
  ['figure', FIGURES.map((figure) => `\`${figure}\``)],
  ['role', ROLES.map((role) => `\`${role}\``)],
  ['example', QUESTIONS.map((question) => `### ${question}: an example\n\n\`\`\`json\n{\n  "facts": {`)],
] as const)('each %s is on it', (_, parts) => {
  expect(parts.filter((part) => !page.includes(part))).toEqual([]);
});

test('facts and answers are there with what their comments say', () => {
  expect(page).toContain('| `important` | `boolean` | A key or special customer. |');
  expect(page).toMatch(/\| `\[\]\.key` \| `string` \| Stable within its subject/);
  expect(page).toMatch(/`SATISFACTION`: answers of 4 or 5 of 5/);
});
