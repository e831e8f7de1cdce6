import { z } from 'zod';
import bank from '../../plugins/bank-vip/index.ts';
import { ANSWERS } from '../../server/engine/policy/answers.ts';
import { QUESTIONS, type Question } from '../../server/engine/policy/facts.ts';
import { code, section, table } from '../../server/engine/policy-kit/docs/markdown.ts';
import { allFacts, answerAsked } from '../../server/engine/policy-kit/facts/all.ts';
import { subjectOf } from '../../server/engine/policy-kit/subject.ts';
import { builtIn } from '../kit/support.ts';
import { read } from './source-files.ts';

/** The page of the contract, made from its types, their comments, and what a built-in policy answers. */

const FACTS = 'server/engine/policy/facts.ts';
const ACTIONS = 'server/engine/policy/action-inputs.ts';
const SAID = 'server/engine/policy/answers.ts';
const WORDS = 'server/platform/values/enums.ts';
const FIGURES = 'server/domain/reports/scorecards/scorecard-figures.ts';

const FACTS_OF: Readonly<Record<Question, readonly string[]>> = {
  grade: ['GradeFacts', 'CustomerFacts', 'GradeFact', 'MetricFact', 'Judgement'],
  promise: ['PromiseFacts', 'TicketFacts'],
  guard: ['GuardedFacts'],
  react: ['ReactFacts', 'EventFact'],
  route: ['RouteFacts'],
  care: ['CareFacts', 'ContactFact', 'HolidayFact'],
  measure: ['MeasureFacts'],
};

/** What each question is for; the answer's own schema says the rest. */
const ASKED: Readonly<Record<Question, string>> = {
  grade:
    'Which tier a customer reaches in a scheme. Asked when somebody assesses and in grading runs; a scheme’s rule answers where the function does not.',
  promise:
    'Which clocks a ticket gets. Asked when it is opened, escalated or reopened, and when a policy is applied anew.',
  guard: 'Whether an action may happen: any refusal stops it, with its code. Asked before each of the actions below.',
  react:
    'What follows from an event: tasks, alerts, callbacks. It never stops what happened, and what it could not say is made up for.',
  route: 'Who decides a request, in which order, and until when.',
  care: 'What is owed to a customer on a day. Asked once a day for each; what is no longer asked for is withdrawn.',
  measure: 'What a period’s figures are held to. Asked at the end of each period and when a scorecard is read.',
};

interface Member {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

/** The comment before a declaration, in one line. */
function plainComment(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*)?\s?/, '').replace(/\*\/\s*$/, ''))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** An interface of a source: its comment, and its members with theirs. */
function interfaceIn(file: string, name: string): { readonly comment: string; readonly members: readonly Member[] } {
  const text = read(file);
  const head = new RegExp(`((?:/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?)(?:export )?interface ${name}\\b[^{]*\\{\\n`).exec(
    text,
  );
  if (!head) throw new Error(`${file} has no interface ${name}`);
  const from = head.index + head[0].length;
  const body = text.slice(from, text.indexOf('\n}', from) + 1);
  const members = [
    ...body.matchAll(
      /^ {2}(?:(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n {2})?(?:readonly )?(\w+)(\??): ([\s\S]*?);\n(?= {2}\S|$)/gm,
    ),
  ];
  return {
    comment: plainComment(head[1] ?? ''),
    members: members.map(([, comment = '', key = '', optional = '', type = '']) => ({
      name: `${key}${optional}`,
      type: type
        .replaceAll(/readonly /g, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
      comment: plainComment(comment),
    })),
  };
}

function memberTable(file: string, name: string): string {
  const { members } = interfaceIn(file, name);
  return table(
    ['fact', 'type', 'meaning'],
    members.map(({ name: key, type, comment }) => [code(key), code(type), comment]),
  );
}

/** Comments of an answer's keys, as they stand above them in the schema. */
function commentOf(key: string): string {
  return plainComment(new RegExp(`(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)\\n\\s*${key}:`).exec(read(SAID))?.[1] ?? '');
}

type Json = Readonly<Record<string, unknown>>;

function answerRows(schema: Json, path: string): string[][] {
  const items = schema.items as Json | undefined;
  if (items) return answerRows(items, path === '' ? '[]' : `${path}[]`);
  const any = (schema.anyOf as Json[] | undefined)?.find(({ type }) => type !== 'null');
  if (any && !schema.properties) return answerRows(any, path);
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json>>;
  const needed = (schema.required ?? []) as string[];
  return Object.entries(properties).flatMap(([key, one]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const own = [code(`${at}${needed.includes(key) ? '' : '?'}`), code(typeOf(one)), commentOf(key)];
    return isText(one) ? [own] : [own, ...answerRows(one, at)];
  });
}

function isText(schema: Json): boolean {
  const keys = Object.keys((schema.properties ?? {}) as object);
  return keys.length === 2 && keys.includes('en') && keys.includes('zh');
}

function typeOf(schema: Json): string {
  if (isText(schema)) return 'Text';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum))
    return schema.enum.length > 6 ? `one of ${schema.enum.length} words` : schema.enum.join(' | ');
  const some = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (some) return [...new Set(some.map(typeOf))].join(' | ');
  if (schema.type === 'array') return `${typeOf(schema.items as Json)}[]`;
  return String(schema.format ?? schema.type ?? 'value');
}

function exampleOf(question: Question): string {
  const subject = subjectOf(bank, builtIn('bank-vip'), 1);
  const answered = allFacts(subject)
    .filter((asked) => asked.question === question)
    .flatMap((asked) => {
      const outcome = answerAsked(bank, asked, subject.sampled);
      const text = outcome.kind === 'ANSWERED' ? JSON.stringify(outcome.answered) : '';
      const isTelling =
        text !== '' &&
        !/"answer":(\[\]|\{"refusals":\[\]\}|\{"tasks":\[\],"alerts":\[\],"selections":\[\]\})/.test(text);
      return isTelling ? [{ facts: asked.facts, text }] : [];
    });
  const [shortest] = answered.sort((one, other) => one.text.length - other.text.length);
  if (!shortest) throw new Error(`no facts are answered to ${question}`);
  const shown = { facts: shortest.facts, answered: JSON.parse(shortest.text) as unknown };
  return ['```json', JSON.stringify(shown, null, 2), '```'].join('\n');
}

function questionPart(question: Question): string[] {
  const json = z.toJSONSchema(ANSWERS[question], { unrepresentable: 'any', io: 'input' }) as Json;
  return [
    section(2, question),
    ASKED[question],
    ...FACTS_OF[question].flatMap((name) => [
      section(3, `${question}: ${name}`),
      interfaceIn(FACTS, name).comment,
      memberTable(FACTS, name),
    ]),
    section(3, `${question}: the answer`),
    'Beside it `because`, a Text in both languages. What a plugin may leave out is said in `PromiseOffer`, `ReactOffer` and `RouteOffer`.',
    table(['part', 'type', 'meaning'], answerRows(json, '')),
    section(3, `${question}: an example`),
    exampleOf(question),
  ].filter((part) => part !== '');
}

function wordLists(): string[] {
  const lists = [
    ...read(WORDS).matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export const (\w+) = \[([^\]]*)\] as const/g),
  ];
  return lists.map(([, comment = '', name = '', body = '']) => {
    const words = body.replaceAll(/\.\.\.(\w+)/g, "'all of $1'").match(/'[^']+'/g) ?? [];
    const meaning = plainComment(comment);
    return `- ${code(name)}${meaning ? `: ${meaning}` : ''} ${words.map((word) => code(word.slice(1, -1))).join(', ')}`;
  });
}

function figures(): string[] {
  const comment = plainComment(/\/\*\*\n \* What is counted of a period[\s\S]*?\*\//.exec(read(FIGURES))?.[0] ?? '');
  const [, meanings = ''] = /per cent\. (.*?) @param/.exec(comment) ?? [];
  return [meanings.replaceAll(/([A-Z]{3,}(?:_[A-Z]+)*)(?=[:, ])/g, (word) => code(word))];
}

export function contractPage(): string {
  return [
    section(1, 'The contract of policies'),
    'Everything that `tierline/policy` asks and takes, version 1. Written by `npx vitest run test/structure/contract-page.test.ts -u` from the types, their\ncomments and what `bank-vip` answers; how to write a policy is in [writing-a-policy.md](writing-a-policy.md).',
    'Facts are JSON: instants are RFC 3339 in UTC, days `YYYY-MM-DD` in the policy’s zone, numbers exact decimal texts. `Text` is\n`{ en, zh }`. `?` may be left out.',
    ...QUESTIONS.flatMap(questionPart),
    section(2, 'Actions'),
    interfaceIn(ACTIONS, 'ActionInputs').comment,
    table(
      ['action', 'input', 'meaning'],
      interfaceIn(ACTIONS, 'ActionInputs').members.map(({ name, type, comment }) => [code(name), code(type), comment]),
    ),
    section(2, 'Figures'),
    ...figures(),
    section(2, 'Words'),
    wordLists().join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}
