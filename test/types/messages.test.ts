import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile } from './compile.ts';

/** What a policy author reads when something is misspelt: the word, and what it should have been. */

const CONTRACT = path.resolve(import.meta.dirname, '../../server/engine/policy/contract.ts');

const POLICY = `import { atLeast, conditions, definePolicy, minutes, parameter, z } from '${CONTRACT}';
const text = { en: 'Text', zh: '文' };
export default definePolicy({
  id: 'example', contract: 1, version: '1.0.0', label: text, access: 'CENTRAL',
  metrics: { DEPOSIT: { label: text, unit: 'CNY' } },
  benefits: { LOUNGE: { label: text }, GIFT: { label: text } },
  parameters: { limit: { schema: z.number(), description: text, source: 'test' } },
  calendars: { desk: { label: text, timeZone: 'Asia/Shanghai', week: { 1: [{ start: '09:00', end: '18:00' }] }, holidays: 'CN' } },
  acknowledgement: { minutes: 30, calendar: 'desk' },
  posts: { CLERK: { label: text, role: 'SUPERVISOR' } },
  alerts: { SLA_BREACHED: [{ to: 'owner', within: minutes(10) }, { to: 'CLERK' }], calendar: 'desk', ours: true },
  profiles: { INDIVIDUAL: z.object({ hobby: z.string(), idCard: z.string() }) },
  sensitive: ['idCard'],
  messages: { SERVICE: { label: text, purposes: ['CARE'] }, FEAST: { label: text, purposes: ['GREETING'] } },
  ticketTypes: { REPAIR: { label: text, cases: { lift: text, stairs: text } }, COMPLAINT: { label: text } },
  schemes: {
    s: {
      label: text, customerKinds: ['INDIVIDUAL'],
      tiers: { GOLD: { label: text, rank: 2, benefits: ['LOUNGE'] }, SILVER: { label: text, rank: 1 } },
      metrics: ['DEPOSIT'],
      rule: conditions([{ tier: 'GOLD', when: atLeast('DEPOSIT', parameter('limit')) }]),
      lifeCycle: { missesBeforeDemotion: { GOLD: 2 } },
    },
  },
  answers: {
    promise: ({ ticket, customer, cause }, { limit }) => {
      if (ticket.type === 'REPAIR' && ticket.case === 'lift' && ticket.channel === 'PHONE') return undefined;
      if (customer.grade?.tier === 'GOLD' && customer.grade.scheme === 's' && customer.profile.hobby) return undefined;
      if (cause === 'OPENED' && customer.stage === 'FORMAL') return undefined;
      return { answer: [{ metric: 'RESOLUTION', target: minutes(limit), calendar: 'desk', from: 'RECEIPT', audience: ['DIRECTOR'] }], because: text };
    },
    guard: ({ action, input, viewer }) => {
      if (action === 'SEND_MESSAGE' && input.kind === 'FEAST') return undefined;
      if (action === 'REQUEST_GRADE_EXCEPTION' && input.tier === 'SILVER') return undefined;
      return viewer.roles.includes('SUPERVISOR') ? undefined : { answer: { refusals: [] }, because: text };
    },
    react: ({ event }) => (event.kind === 'GRADE_GIVEN' && event.tier === 'GOLD' ? { answer: { tasks: [] }, because: text } : undefined),
    care: ({ grades }) => (grades?.some(({ tier }) => tier === 'GOLD') ? undefined : { answer: [], because: text }),
    grade: ({ metrics, scheme }) =>
      scheme === 's' && metrics.DEPOSIT ? { answer: { tier: 'SILVER', eligible: true, indicators: [], reasons: [], missing: [] }, because: text } : undefined,
    route: ({ customer }) => ({ answer: { steps: [{ role: customer?.grade?.tier === 'GOLD' ? 'DIRECTOR' : 'SUPERVISOR', where: 'SAME_BRANCH' }] }, because: text }),
  },
});
`;

/** Names that a comparison has on its other side. */
const NO_OVERLAP = (wrong: string, right: string) =>
  new RegExp(`types '[^']*${right}[^']*' and '"${wrong}"' have no overlap`);

const MISTAKES = [
  {
    it: 'question',
    from: 'promise:',
    to: 'promisse:',
    says: /'promisse' does not exist in type[\s\S]*Did you mean to write 'promise'/,
  },
  {
    it: 'tier of a rule',
    from: "tier: 'GOLD', when",
    to: "tier: 'GLOD', when",
    says: /Type '"GLOD"' is not assignable to type '"GOLD" \| "SILVER"'/,
  },
  {
    it: 'tier of a life cycle',
    from: '{ GOLD: 2 }',
    to: '{ GLOD: 2 }',
    says: /'GLOD' does not exist in type '\{ readonly GOLD\?: number/,
  },
  {
    it: 'tier of a grade',
    from: "customer.grade?.tier === 'GOLD'",
    to: "customer.grade?.tier === 'GLOD'",
    says: NO_OVERLAP('GLOD', '"GOLD" \\| "SILVER"'),
  },
  { it: 'scheme of a grade', from: "grade.scheme === 's'", to: "grade.scheme === 'z'", says: NO_OVERLAP('z', '"s"') },
  {
    it: 'tier of an event',
    from: "event.tier === 'GOLD'",
    to: "event.tier === 'GLOD'",
    says: NO_OVERLAP('GLOD', '"GOLD"'),
  },
  {
    it: 'tier of an action',
    from: "input.tier === 'SILVER'",
    to: "input.tier === 'SLIVER'",
    says: NO_OVERLAP('SLIVER', '"SILVER"'),
  },
  {
    it: 'tier among grades',
    from: "({ tier }) => tier === 'GOLD'",
    to: "({ tier }) => tier === 'GLOD'",
    says: NO_OVERLAP('GLOD', '"GOLD"'),
  },
  {
    it: 'tier of an answer',
    from: "tier: 'SILVER', eligible",
    to: "tier: 'SLIVER', eligible",
    says: /'"SLIVER"' is not assignable to type '"GOLD" \| "SILVER" \| null/,
  },
  {
    it: 'tier of a route',
    from: "customer?.grade?.tier === 'GOLD' ?",
    to: "customer?.grade?.tier === 'GLOD' ?",
    says: NO_OVERLAP('GLOD', '"GOLD"'),
  },
  {
    it: 'scheme of an assessment',
    from: "scheme === 's' && metrics",
    to: "scheme === 'z' && metrics",
    says: NO_OVERLAP('z', '"s"'),
  },
  {
    it: 'ticket type',
    from: "ticket.type === 'REPAIR'",
    to: "ticket.type === 'REPIAR'",
    says: NO_OVERLAP('REPIAR', '"REPAIR"'),
  },
  { it: 'case', from: "ticket.case === 'lift'", to: "ticket.case === 'lfit'", says: NO_OVERLAP('lfit', '"lift"') },
  {
    it: 'channel',
    from: "ticket.channel === 'PHONE'",
    to: "ticket.channel === 'FONE'",
    says: /'"FONE"' have no overlap/,
  },
  {
    it: 'calendar of a promise',
    from: "calendar: 'desk', from",
    to: "calendar: 'dsek', from",
    says: /'"dsek"' is not assignable to type '"always" \| "desk"/,
  },
  {
    it: 'calendar of acknowledgements',
    from: "calendar: 'desk' }",
    to: "calendar: 'dsek' }",
    says: /'"dsek"' is not assignable to type '"always" \| "desk"/,
  },
  {
    it: 'calendar of a ladder',
    from: "calendar: 'desk', ours",
    to: "calendar: 'dsek', ours",
    says: /'"dsek"' is not assignable to type '"always" \| "desk"/,
  },
  { it: 'post of a ladder', from: "to: 'CLERK'", to: "to: 'CLARK'", says: /'"CLARK"' is not assignable to type/ },
  { it: 'kind of a ladder', from: 'SLA_BREACHED:', to: 'SLA_BROKEN:', says: /'SLA_BROKEN' does not exist in type/ },
  {
    it: 'kind of message',
    from: "input.kind === 'FEAST'",
    to: "input.kind === 'FEST'",
    says: NO_OVERLAP('FEST', '"FEAST"'),
  },
  {
    it: 'sensitive field',
    from: "sensitive: ['idCard']",
    to: "sensitive: ['idCrad']",
    says: /'"idCrad"' is not assignable to type '"hobby" \| "idCard"'/,
  },
  {
    it: 'field of a profile',
    from: 'customer.profile.hobby',
    to: 'customer.profile.hoby',
    says: /Property 'hoby' does not exist on type[\s\S]*Did you mean 'hobby'/,
  },
  {
    it: 'metric of a rule',
    from: "atLeast('DEPOSIT'",
    to: "atLeast('DEPOSITS'",
    says: /Type '"DEPOSITS"' is not assignable to type '"DEPOSIT"'/,
  },
  {
    it: 'metric that is shown',
    from: "metrics: ['DEPOSIT']",
    to: "metrics: ['DEPOSITS']",
    says: /Type '"DEPOSITS"' is not assignable to type '"DEPOSIT"'/,
  },
  {
    it: 'metric of a fact',
    from: 'metrics.DEPOSIT ?',
    to: 'metrics.DEPOSITS ?',
    says: /Property 'DEPOSITS' does not exist on type[\s\S]*Did you mean 'DEPOSIT'/,
  },
  {
    it: 'parameter of a rule',
    from: "parameter('limit')",
    to: "parameter('limmit')",
    says: /Type '"limmit"' is not assignable to type '"limit"'/,
  },
  {
    it: 'parameter of an answer',
    from: '{ limit }) =>',
    to: '{ limmit }) =>',
    says: /Property 'limmit' does not exist on type '\{ readonly limit: number; \}'/,
  },
  {
    it: 'benefit of a tier',
    from: "['LOUNGE']",
    to: "['LOUNGES']",
    says: /Type '"LOUNGES"' is not assignable to type '"GIFT" \| "LOUNGE"'. Did you mean '"LOUNGE"'/,
  },
  {
    it: 'fact',
    from: '{ ticket, customer',
    to: '{ tickets, customer',
    says: /Property 'tickets' does not exist on type 'PromiseFacts<[^{}]*>'/,
  },
  {
    it: 'metric of a clock',
    from: "metric: 'RESOLUTION'",
    to: "metric: 'RESOLUTON'",
    says: /'"RESOLUTON"' is not assignable to type '"[^{}]*"RESOLUTION"/,
  },
  {
    it: 'start of a clock',
    from: "from: 'RECEIPT'",
    to: "from: 'RECIEPT'",
    says: /'"RECIEPT"' is not assignable to type '[^{}]*"RECEIPT"/,
  },
  {
    it: 'role of an audience',
    from: "audience: ['DIRECTOR']",
    to: "audience: ['DIRECTER']",
    says: /'"DIRECTER"' is not assignable to type '[^{}]*"DIRECTOR"/,
  },
  {
    it: 'role of a viewer',
    from: "includes('SUPERVISOR')",
    to: "includes('SUPERVISER')",
    says: /'"SUPERVISER"' is not assignable to parameter of type 'Role'|"SUPERVISER"/,
  },
  {
    it: 'place of a step',
    from: "where: 'SAME_BRANCH'",
    to: "where: 'SAME_BRACH'",
    says: /'"SAME_BRACH"' is not assignable to type '[^']*"SAME_BRANCH"/,
  },
  { it: 'stage', from: "stage === 'FORMAL'", to: "stage === 'FROMAL'", says: /'"FROMAL"' have no overlap/ },
  { it: 'cause', from: "cause === 'OPENED'", to: "cause === 'OPEND'", says: /'"OPEND"' have no overlap/ },
  {
    it: 'purpose of messages',
    from: "['GREETING']",
    to: "['GREETINGS']",
    says: /'"GREETINGS"' is not assignable to type '"[^{}]*GREETING/,
  },
  {
    it: 'event',
    from: "event.kind === 'GRADE_GIVEN'",
    to: "event.kind === 'GRADE_GIVE'",
    says: /'"GRADE_GIVE"' have no overlap/,
  },
  {
    it: 'action',
    from: "action === 'SEND_MESSAGE'",
    to: "action === 'SEND_MESAGE'",
    says: /'"SEND_MESAGE"' have no overlap/,
  },
];

const folder = mkdtempSync(path.join(tmpdir(), 'tierline-types-'));
let said = '';

beforeAll(async () => {
  for (const [number, { from, to }] of MISTAKES.entries()) {
    const text = POLICY.replace(from, to);
    expect(text).not.toBe(POLICY);
    writeFileSync(path.join(folder, `mistake-${number}.ts`), text);
  }
  writeFileSync(path.join(folder, 'right.ts'), POLICY);
  said = await compile(folder, ['right.ts', ...MISTAKES.map((_, number) => `mistake-${number}.ts`)]);
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(MISTAKES.map((mistake, number) => ({ ...mistake, number })))(
  'a misspelt $it is named with what it should be',
  ({ number, says }) => {
    const [, message = ''] = said.split(new RegExp(`^mistake-${number}\\.ts\\([\\d,]+\\): error `, 'm'));
    expect(message.split(/^\S+\.ts\(/m)[0]).toMatch(says);
  },
);

test('the policy without a mistake compiles', () => {
  expect(said).not.toMatch(/^right\.ts/m);
  expect(said).toMatch(/^mistake-0\.ts/m);
});
