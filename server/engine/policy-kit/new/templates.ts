import { packageFiles } from './package-templates.ts';

/** The files of a new plugin. What stands here is code that works: `tierline policy test` finds nothing in it. */

export interface NewPlugin {
  /** Kebab-case, e.g. `repair-shop`. */
  readonly id: string;
  /** Where it imports the contract from. */
  readonly contract: string;
  /** How the command is called where it lies, e.g. `npx tierline`. */
  readonly command: string;
  /** Its folder as the command is given it. */
  readonly path: string;
  /** A package for itself, to be published: with what compiles, tests and checks it. */
  readonly isPackage: boolean;
  /** The platform's version where the plugin is a package of its own, which says so in a package.json; null within a checkout. */
  readonly platform: string | null;
}

/** Texts by file name. */
export function filesOf(plugin: NewPlugin): Readonly<Record<string, string>> {
  return {
    'index.ts': indexTs(plugin),
    'golden.csv': goldenCsv(plugin),
    'policy.test.ts': policyTest(plugin),
    'README.md': readme(plugin),
    ...(plugin.isPackage
      ? packageFiles(plugin.id, plugin.platform ?? '')
      : plugin.platform && { 'package.json': packageJson(plugin.id, plugin.platform) }),
  };
}

/** Says above all that its files are modules: without it they are what the project around them is, which may be CommonJS. */
function packageJson(id: string, platform: string): string {
  const manifest = {
    name: `tierline-policy-${id}`,
    version: '0.1.0',
    private: true,
    type: 'module',
    exports: './index.ts',
    peerDependencies: { tierline: `^${platform}` },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** `repair-shop` as `Repair shop`. */
function labelOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** No scheme is called like a policy. */
function schemeOf(id: string): string {
  return `${id}-tiers`;
}

function indexTs(plugin: NewPlugin): string {
  return `${declarations(plugin)}${schemes(plugin)}${ANSWERS}`;
}

function declarations({ id, contract }: NewPlugin): string {
  const label = labelOf(id);
  return `import { bands, cadence, decimalParameter, definePolicy, hours, parameter, z } from '${contract}';

const amount = decimalParameter({ min: 0 });
const source = '${id}';
const timeZone = 'Asia/Shanghai'; // Where its days begin and end.

/** ${label}: two tiers by yearly spend; complaints are answered in time, gold customers visited once a quarter. */
export default definePolicy({
  id: '${id}',
  contract: 1,
  version: '0.1.0',
  label: { en: '${label}', zh: '示例：${id}' },
  businessLine: true,
  access: 'BRANCH_AND_BELOW',
  timeZone,
  metrics: { YEARLY_SPEND: { label: { en: 'Yearly spend', zh: '年消费' }, unit: 'CNY' } },
  benefits: { OWN_MANAGER: { label: { en: 'A manager of their own', zh: '专属客户经理' } } },
  parameters: {
    // Without a default it is blank: until an operator sets it, grades answer NOT_CONFIGURED.
    goldFrom: { schema: amount, source, description: { en: 'Yearly spend of gold, CNY', zh: '金级所需年消费（元）' } },
    silverFrom: {
      schema: amount,
      source,
      default: '1000',
      ours: true,
      description: { en: 'Yearly spend of silver, CNY', zh: '银级所需年消费（元）' },
    },
    complaintHours: {
      schema: z.number().positive().max(720),
      source,
      default: 8,
      ours: true,
      description: { en: 'Hours within which a complaint is answered', zh: '投诉答复时限（小时）' },
    },
  },
`;
}

function schemes({ id }: NewPlugin): string {
  const label = labelOf(id);
  return `  schemes: {
    '${schemeOf(id)}': {
      label: { en: '${label}', zh: '示例：${id}' },
      customerKinds: ['INDIVIDUAL'],
      tiers: {
        GOLD: { label: { en: 'Gold', zh: '金级' }, rank: 2, benefits: ['OWN_MANAGER'] },
        SILVER: { label: { en: 'Silver', zh: '银级' }, rank: 1 },
      },
      rule: bands('YEARLY_SPEND', [
        { tier: 'GOLD', from: parameter('goldFrom') },
        { tier: 'SILVER', from: parameter('silverFrom') },
      ]),
    },
  },
  ticketTypes: {
    COMPLAINT: {
      label: { en: 'Complaint', zh: '投诉' },
      levels: { 1: { en: 'Ordinary', zh: '一般' }, 2: { en: 'Grave', zh: '重大' } },
    },
  },
`;
}

const ANSWERS = `  answers: {
    promise: ({ ticket }, { complaintHours }) => {
      if (ticket.type !== 'COMPLAINT') return undefined; // Left to the standard policy.
      const limit = ticket.level === 2 ? complaintHours / 2 : complaintHours;
      return {
        answer: [{ metric: 'FIRST_RESPONSE', target: hours(limit), atRisk: [50, 80] }],
        because: {
          en: \`A level-\${ticket.level} complaint is answered within \${limit} hours.\`,
          zh: \`\${ticket.level}级投诉须在 \${limit} 小时内答复。\`,
        },
      };
    },
    care: (facts) => {
      if (facts.customer.grade?.tier !== 'GOLD') return undefined;
      const title = { en: 'Visit the gold customer', zh: '走访金级客户' };
      return {
        answer: cadence(facts, { key: 'visit', every: 'QUARTER', timeZone, by: ['VISIT'], title: () => title }),
        because: { en: 'Gold customers are visited once a quarter.', zh: '金级客户每季度走访一次。' },
      };
    },
  },
});
`;

function goldenCsv({ id }: NewPlugin): string {
  return `# What the policy answers, an example a line: facts on the left, after => what is expected of the answer.
# An empty line ends a table. An empty cell says nothing.

it,question,scheme,parameters.goldFrom,metrics.YEARLY_SPEND,=> outcome,=> tier,=> nextTier
gold at its threshold,grade,${schemeOf(id)},5000,5000,ANSWERED,GOLD,none
silver just below gold,grade,${schemeOf(id)},5000,4999.99,ANSWERED,SILVER,GOLD YEARLY_SPEND 4999.99 5000
silver at its threshold,grade,${schemeOf(id)},5000,1000,ANSWERED,SILVER,
no tier just below silver,grade,${schemeOf(id)},5000,999.99,ANSWERED,none,SILVER YEARLY_SPEND 999.99 1000
nothing is guessed without a threshold,grade,${schemeOf(id)},,5000,NOT_CONFIGURED goldFrom,,

it,question,ticket.type,ticket.level,=> outcome,=> FIRST_RESPONSE.target,=> FIRST_RESPONSE.atRisk
an ordinary complaint within 8 hours,promise,COMPLAINT,1,ANSWERED,DURATION 480,50; 80
a grave one in half of it,promise,COMPLAINT,2,ANSWERED,DURATION 240,50; 80
other tickets are left to the standard policy,promise,INQUIRY,1,LEFT,,

it,question,opened,ticket.type,ticket.level,=> FIRST_RESPONSE.dueAt
a grave one of Monday morning is due in the afternoon,promise,2026-03-02T10:00:00+08:00,COMPLAINT,2,2026-03-02T14:00:00+08:00
an ordinary one at night in the next morning,promise,2026-03-02T20:00:00+08:00,COMPLAINT,1,2026-03-03T04:00:00+08:00

it,question,today,customer.grade,contacts,=> outcome,=> 0.key,=> 0.channel,=> 0.dueAt
gold is visited by the end of the quarter,care,2026-02-02,${schemeOf(id)} GOLD,none,ANSWERED,visit:2026-01-01,VISIT,2026-03-31T23:59:59+08:00
a visit in the quarter is enough,care,2026-03-31,${schemeOf(id)} GOLD,2026-01-01 VISIT,ANSWERED,none,none,none
a call is not,care,2026-03-31,${schemeOf(id)} GOLD,2026-03-01 PHONE,ANSWERED,visit:2026-01-01,VISIT,2026-03-31T23:59:59+08:00
silver is left to the standard policy,care,2026-02-02,${schemeOf(id)} SILVER,none,LEFT,,,

it,question,path,=> value
gold has a manager of its own,declares,schemes.${schemeOf(id)}.tiers.GOLD.benefits,OWN_MANAGER
gold ranks above silver,declares,schemes.${schemeOf(id)}.tiers.*.rank,2; 1
a tier needs no consent,declares,schemes.${schemeOf(id)}.needsConsent,none
branches see their own files,declares,access,BRANCH_AND_BELOW
customers can belong to it,declares,businessLine,true

it,question,parameters.goldFrom,parameters.silverFrom,=> refused
gold above silver is fine,parameters,5000,1000,none
gold at silver is refused,parameters,1000,1000,silverFrom
`;
}

function policyTest({ contract }: NewPlugin): string {
  return `import { expect, test } from 'vitest';
import type { CustomerFacts, PromiseFacts } from '${contract}';
import policy from './index.ts';

const now = '2026-03-02T02:00:00.000Z';
const ticket = { level: 1, case: null, channel: 'PHONE', openedAt: now, appointmentAt: null } as const;
const customer: CustomerFacts = {
  kind: 'INDIVIDUAL',
  stage: 'FORMAL',
  grade: null,
  consent: { vipService: null, marketing: null },
  profile: {},
};

test.each([
  { it: 'answers an ordinary complaint in time', type: 'COMPLAINT', level: 1, minutes: 600 },
  { it: 'answers a grave one in half of it', type: 'COMPLAINT', level: 2, minutes: 300 },
  { it: 'leaves other tickets to the next', type: 'INQUIRY', level: 1, minutes: undefined },
])('promise $it', ({ type, level, minutes }) => {
  const facts: PromiseFacts = { now, cause: 'OPENED', ticket: { ...ticket, type, level }, customer };
  const offer = policy.answers?.promise?.(facts, { complaintHours: 10 });
  expect(offer?.answer[0]?.target).toEqual(minutes && { kind: 'DURATION', minutes });
});
`;
}

function readme({ id, command, path }: NewPlugin): string {
  return `# ${id}

What this policy decides, for whom, and from which document it comes.

| question | answer |
|---|---|
| \`grade\` | scheme \`${schemeOf(id)}\`: GOLD and SILVER by bands of the yearly spend |
| \`promise\` | COMPLAINT: first response within \`complaintHours\`, level 2 within half of it; all else left to the next |
| \`care\` | GOLD is visited once a quarter; all else left to the next |

| parameter | default | |
|---|---|---|
| \`goldFrom\` | blank | until it is set, grades answer NOT_CONFIGURED |
| \`silverFrom\` | 1000 | ours; below \`goldFrom\` |
| \`complaintHours\` | 8 | ours |

A level-2 complaint of Monday, 10:00 is due for its first response at 14:00 and warned of at 12:00 and 13:12.

\`\`\`sh
${command} policy test ${path}         # the conformance kit
${command} sandbox --plugin ${path}    # a platform on a clock of its own, with this policy
\`\`\`
`;
}
