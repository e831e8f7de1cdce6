import type { DutyDeclaration, MilestoneDeclaration, Policy, SchemeDeclaration, Text } from '../../policy/contract.ts';
import { QUESTIONS } from '../../policy/facts.ts';
import { zoneOf } from '../../policy/line-zone.ts';
import { parseParameters } from '../../policy/parameters.ts';
import { profileFields } from '../../policy/profile-fields.ts';
import { rulesText } from '../../policy/rules-text.ts';
import { alertLadders } from './alert-section.ts';
import { bilingual, code, list, section, table } from './markdown.ts';
import { ticketTypeRows } from './promise-table.ts';
import { recordSections } from './record-section.ts';

const ACCESS = {
  OWN_BRANCH: 'a file is open to its own branch',
  BRANCH_AND_BELOW: 'a file is open to its own branch and to those above it',
  CENTRAL: 'files are open to all of the business line',
} as const;

const DAYS = ['', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** The reference page of a policy, made from its declarations alone; parameters are as delivered. */
export function referencePage(policy: Policy, { extendsSchema = false } = {}): string {
  return `${[
    `# ${policy.label.en} · ${policy.label.zh}`,
    `<!-- Made by \`tierline policy docs\`; a test holds it to the plugin. -->`,
    facts(policy, extendsSchema),
    ...schemes(policy),
    ...benefits(policy),
    ...metrics(policy),
    ...tickets(policy),
    ...calendars(policy),
    ...alertLadders(policy),
    ...duties(policy),
    ...plans(policy),
    ...applications(policy),
    ...recordSections(policy),
    ...department(policy),
    ...parameters(policy),
    ...profiles(policy),
  ].join('\n\n')}\n`;
}

function facts(policy: Policy, extendsSchema: boolean): string {
  const { id, version, access, answers = {}, schemes, acknowledgement } = policy;
  const { archive, needsConfidentialityAgreement, samplesServiceRecords } = policy;
  const asked = QUESTIONS.filter((question) => answers[question]);
  const byRule = schemes && !answers.grade ? ['`grade`, by the rules of its schemes'] : [];
  const answered = [...byRule, ...asked.map(code)].join(', ');
  return table(
    ['', ''],
    [
      ['id, version', `${code(id)} ${version}`],
      ['access', `${code(access)}: ${ACCESS[access]}`],
      ['days begin in', zoneOf(policy)],
      ['questions answered', answered === '' ? 'none' : answered],
      ...(acknowledgement
        ? [['acknowledgements expire', `after ${acknowledgement.minutes} minutes, ${code(acknowledgement.calendar)}`]]
        : []),
      ...(archive
        ? [
            [
              'archived contracts',
              `opened by ${archive.opensArchived.map(code).join(', ')}; an approved request holds for ${archive.requestHours} hours`,
            ],
          ]
        : []),
      ...(needsConfidentialityAgreement
        ? [['customers are seen', 'after the confidentiality agreement is signed']]
        : []),
      ...(samplesServiceRecords ? [['service records', 'sampled each quarter']] : []),
      ...(extendsSchema ? [['GraphQL', 'adds fields of its own']] : []),
    ],
  );
}

function schemes(policy: Policy): string[] {
  const { parameters } = parseParameters(policy, {}, 'parameters');
  const installed = { declaration: policy, version: '', enabled: true, parameters };
  return Object.entries(policy.schemes ?? {}).flatMap(([id, scheme]) => {
    const rules = rulesText(installed, id);
    return [
      section(2, `Scheme ${code(id)}: ${bilingual(scheme.label)}`),
      terms(scheme),
      ...tiers(policy, scheme),
      section(3, 'Rules'),
      list(rules.en.split('\n')),
      section(3, '规则'),
      list(rules.zh.split('\n')),
    ];
  });
}

function terms({ customerKinds, needsConsent, needsRealName, reviewMonths, monotone }: SchemeDeclaration): string {
  return [
    `For ${customerKinds.map(code).join(', ')}.`,
    needsConsent ? "A tier needs the customer's consent." : "A tier needs no consent of the customer's.",
    ...(needsRealName ? [`It needs a yes in ${code(needsRealName)}.`] : []),
    ...(reviewMonths ? [`Reviewed every ${reviewMonths} months.`] : []),
    ...(monotone?.length ? [`More of ${monotone.map(code).join(', ')} never gives a lower tier.`] : []),
  ].join(' ');
}

function tiers({ benefits = {} }: Policy, { tiers: declared }: SchemeDeclaration): string[] {
  const best = Object.entries(declared).sort(([, a], [, b]) => b.rank - a.rank);
  if (best.length === 0) return ['It has no tiers: it recommends.'];
  const labelled = (keys: readonly string[] = []) =>
    keys.map((key) => `${code(key)} ${benefits[key]?.label.zh ?? ''}`.trim()).join('<br>');
  return [
    table(
      ['tier, best first', 'label', 'benefits', 'contact'],
      best.map(([tier, { label, benefits: granted, contactEveryDays, byRequest }]) => [
        code(tier) + (byRequest ? ', by request' : ''),
        bilingual(label),
        labelled(granted),
        contactEveryDays === undefined ? '' : `every ${contactEveryDays} days`,
      ]),
    ),
  ];
}

function benefits({ benefits: declared = {} }: Policy): string[] {
  return labelledTable('Benefits · 权益', 'benefit', declared);
}

function metrics({ metrics: declared = {} }: Policy): string[] {
  const rows = Object.entries(declared).map(([key, { label, unit, description }]) => [
    code(key),
    bilingual(label),
    unit,
    description ? bilingual(description) : '',
  ]);
  return rows.length === 0 ? [] : [section(2, 'Metrics · 指标'), table(['metric', 'label', 'unit', ''], rows)];
}

function tickets(policy: Policy): string[] {
  const rows = ticketTypeRows(policy);
  if (rows.length === 0) return [];
  const head = ['ticket', 'level or case', 'promise', 'from', 'calendar', 'warned at', 'heard by'];
  return [section(2, 'Tickets · 工单'), table(head, rows)];
}

function calendars({ calendars: declared = {} }: Policy): string[] {
  const rows = Object.entries(declared).map(([id, { label, timeZone, week, holidays }]) => [
    code(id),
    bilingual(label),
    timeZone,
    Object.entries(week)
      .map(([day, hours]) => `${DAYS[Number(day)]} ${hours.map(({ start, end }) => `${start}–${end}`).join(', ')}`)
      .join('<br>'),
    holidays === 'CN' ? 'Chinese holidays close, make-up days open' : 'none',
  ]);
  if (rows.length === 0) return [];
  return [section(2, 'Calendars · 日历'), table(['calendar', 'label', 'zone', 'open', 'holidays'], rows)];
}

const OWED_BY = {
  LINE: 'head office',
  BRANCH: 'each branch',
  MANAGER: 'each manager',
  PERSON: 'each person',
  CUSTOMER: 'each customer asked for',
};

function deed(doneBy: NonNullable<DutyDeclaration['doneBy']>): string {
  if ('meeting' in doneBy) return `meeting ${code(doneBy.meeting)}`;
  if ('record' in doneBy) return `record ${code(doneBy.record)}`;
  return 'report' in doneBy ? `report ${code(doneBy.report)}` : `list of ${code(doneBy.annualList)} for the next year`;
}

function duties({ duties: declared = {} }: Policy): string[] {
  const rows = Object.entries(declared).map(([key, { label, every, of, due, doneBy, source, ours }]) => [
    code(key),
    bilingual(label),
    every.toLowerCase(),
    OWED_BY[of],
    `${due.days} days after its ${due.after === 'BEGIN' ? 'first' : 'last'} day, ${due.time ?? 'day’s end'}${ours ? ', ours' : ''}`,
    doneBy ? deed(doneBy) : '',
    source,
  ]);
  if (rows.length === 0) return [];
  return [
    section(2, 'Duties · 定期工作'),
    table(['duty', 'label', 'once a', 'owed by', 'due', 'done by', 'source'], rows),
  ];
}

const DUE = (due: MilestoneDeclaration['due']) =>
  'after' in due
    ? `${due.days} days after the approval`
    : due.at === 'HALF'
      ? 'halfway by time'
      : "the plan's last day";

function plans({ plans: declared }: Policy): string[] {
  const rows = Object.entries(declared?.kinds ?? {}).flatMap(([kind, { label, milestones = {}, needsConfirmation }]) =>
    Object.entries(milestones).map(([milestone, { label: step, leadRole, due }]) => [
      `${code(kind)} ${bilingual(label)}${needsConfirmation ? ', closed after the customer confirmed' : ''}`,
      `${code(milestone)} ${bilingual(step)}`,
      code(leadRole),
      DUE(due),
    ]),
  );
  const parts = labelledTable('Parts of a plan · 方案组成', 'part', declared?.parts ?? {});
  if (rows.length === 0) return parts;
  return [section(2, 'Kinds of plan · 方案类型'), table(['kind', 'milestone', 'led by', 'due'], rows), ...parts];
}

function applications({ applications: declared = {} }: Policy): string[] {
  const rows = Object.entries(declared).map(([kind, { label, about, amount, fields }]) => [
    code(kind),
    bilingual(label),
    about === 'CUSTOMER' ? 'a customer' : 'the line',
    amount ? 'needed' : '',
    profileFields(fields)
      .map(({ name, type, list: isList, description }) => {
        return `${code(name)} ${isList ? `[${type}]` : type}${description ? `: ${description}` : ''}`;
      })
      .join('<br>'),
  ]);
  if (rows.length === 0) return [];
  return [section(2, 'Applications · 申请'), table(['application', 'label', 'about', 'amount', 'fields'], rows)];
}

/** What the line's people owe among themselves: meetings, reports, periods that are judged. */
function department({ meetings, reports = {}, performance, surveyTopics = {} }: Policy): string[] {
  const kinds = Object.entries(meetings?.kinds ?? {}).map(([kind, { label, mustAttend = [] }]) => [
    code(kind),
    bilingual(label),
    mustAttend.map(code).join(', '),
  ]);
  const owed = Object.entries(reports).map(([kind, { label, per, dueDay, needs = [] }]) => [
    code(kind),
    bilingual(label),
    per === 'LINE' ? 'the line' : 'each branch',
    dueDay === undefined ? 'the next month' : `the end of day ${dueDay} of the next month`,
    needs.map(code).join(', '),
  ]);
  return [
    ...(kinds.length > 0 ? [section(2, 'Meetings · 会议'), table(['meeting', 'label', 'must attend'], kinds)] : []),
    ...(owed.length > 0
      ? [section(2, 'Reports of each month · 月度报告'), table(['report', 'label', 'of', 'due', 'needs'], owed)]
      : []),
    ...(performance?.periods ? [`Targets are judged at the end of each ${performance.periods.join(', ')}.`] : []),
    ...labelledTable('Topics of a survey · 调查主题', 'topic', surveyTopics),
  ];
}

function parameters({ parameters: declared = {} }: Policy): string[] {
  const rows = Object.entries(declared).map(([key, { description, source, default: preset, ours }]) => [
    code(key),
    bilingual(description),
    source,
    preset === undefined ? '**blank**' : `${String(preset)}${ours ? ', ours' : ''}`,
  ]);
  if (rows.length === 0) return [];
  return [
    section(2, 'Parameters · 参数'),
    'A decision that needs a blank parameter answers NOT_CONFIGURED and names it. "Ours": the sources state no value.',
    table(['parameter', 'what', 'source', 'default'], rows),
  ];
}

function profiles({ profiles: declared = {}, sensitive = [] }: Policy): string[] {
  return Object.entries(declared).flatMap(([kind, schema]) => [
    section(2, `Profile of ${code(kind)} customers · 客户档案`),
    table(
      ['field', 'type', 'what', ''],
      profileFields(schema).map(({ name, type, list: isList, description }) => [
        code(name),
        isList ? `[${type}]` : type,
        description ?? '',
        sensitive.includes(name) ? 'leaves masked, never among the facts' : '',
      ]),
    ),
  ]);
}

function labelledTable(
  title: string,
  head: string,
  declared: Readonly<Record<string, { readonly label: Text; readonly description?: Text }>>,
): string[] {
  const rows = Object.entries(declared).map(([key, { label, description }]) => [
    code(key),
    bilingual(label),
    description ? bilingual(description) : '',
  ]);
  return rows.length === 0 ? [] : [section(2, title), table([head, 'label', ''], rows)];
}
