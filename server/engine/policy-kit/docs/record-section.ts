import type { Actors, RecordDeclaration, RecordDue, RecordStep } from '../../policy/contract/records.ts';
import type { Policy } from '../../policy/contract.ts';
import { type FormField, formFields } from '../../policy/records/form-fields.ts';
import { bilingual, code, section, table } from './markdown.ts';

const ABOUT = {
  CUSTOMER: 'a customer',
  PERSON: 'a person of the staff',
  BRANCH: 'a branch',
  LINE: 'the line',
  CONTRACT: 'a contract',
  TICKET: 'a ticket',
  RECORD: 'another record',
} as const;

/** The posts and the kinds of records that a policy declares. */
export function recordSections({ posts = {}, records = {} }: Policy): string[] {
  const held = Object.entries(posts).map(([post, { label, role, keepsPeoplesFiles }]) => [
    code(post),
    bilingual(label),
    code(role),
    keepsPeoplesFiles ? 'keeps the files of the people below' : '',
  ]);
  const kinds = Object.entries(records).flatMap(([kind, declared]) => kindSection(kind, declared));
  return [
    ...(held.length > 0 ? [section(2, 'Posts · 岗位'), table(['post', 'label', 'acts as', ''], held)] : []),
    ...(kinds.length > 0 ? [section(2, 'Records · 业务记录'), ...kinds] : []),
  ];
}

function kindSection(kind: string, declared: RecordDeclaration): string[] {
  const { label, fields, sensitive = [], statuses = {}, steps = [] } = declared;
  const rows = formFields(fields).map((field) => [
    ...fieldRow(field),
    sensitive.includes(field.path) ? 'leaves masked' : needed(field),
  ]);
  const stands = Object.entries(statuses).map(([status, one]) => [code(status), bilingual(one.label)]);
  return [
    section(3, `Record ${code(kind)}: ${bilingual(label)}`),
    termsOf(declared),
    table(['field', 'label', 'type', ''], rows),
    ...(steps.length > 0 ? [table(['step', 'label', 'by', 'brings', 'due', ''], steps.map(stepRow))] : []),
    ...(stands.length > 0 ? [table(['status', 'label'], stands)] : []),
  ];
}

function termsOf({
  source,
  ours,
  about,
  partOf,
  startedBy,
  seenBy,
  single,
  heardBy,
  figures,
}: RecordDeclaration): string {
  const counted = Object.entries(figures ?? {}).map(([key, figure]) => `${code(key)} ${bilingual(figure.label)}`);
  return [
    `About ${ABOUT[about]}${partOf ? ` of kind ${code(partOf)}` : ''}; from ${source}${ours ? ', numbers are ours' : ''}.`,
    ...(startedBy ? [`Started by ${named(startedBy)}.`] : []),
    ...(seenBy ? [`Seen by ${named(seenBy)}.`] : []),
    ...(single ? ['One is open at a time.'] : []),
    ...(heardBy?.length ? [`Heard by ${named(heardBy)}.`] : []),
    ...(counted.length > 0 ? [`Figures: ${counted.join(', ')}.`] : []),
  ].join(' ');
}

function stepRow(step: RecordStep): string[] {
  const brings = step.brings
    ? formFields(step.brings).map(({ path, required }) => code(path) + (required ? '' : '?'))
    : [];
  return [
    code(step.code),
    bilingual(step.label),
    step.approval ? 'its route' : step.by ? named(step.by) : '',
    brings.join(', '),
    step.due ? dueText(step.due) : '',
    [
      ...(step.optional ? ['may be left out'] : []),
      ...(step.closes ? ['ends it'] : []),
      ...(step.returnsTo ? [`leads back to ${code(step.returnsTo)}`] : []),
      ...(step.confirmedBy ? ['the customer confirms'] : []),
    ].join(', '),
  ];
}

function named(actors: Actors): string {
  return actors.map(code).join(', ');
}

function fieldRow({ path, label, type, list, options }: FormField): string[] {
  const choices = options.length > 0 ? `: ${options.map(({ value }) => code(value)).join(', ')}` : '';
  return [code(path), label ? bilingual(label) : '', `${list ? `[${type}]` : type}${choices}`];
}

function needed({ required, min, max }: FormField): string {
  const range = min !== null && max !== null ? `${min} to ${max}` : '';
  return [...(required ? ['needed'] : []), ...(range ? [range] : [])].join(', ');
}

function dueText(due: RecordDue): string {
  if ('at' in due) return `at ${code(due.at)}`;
  if ('before' in due) return `${due.days} days before ${code(due.before)}`;
  const after = due.after === 'START' ? 'the start' : code(due.after);
  if ('months' in due) return `${due.months} months after ${after}`;
  if ('hours' in due) return `${due.hours} hours after ${after}`;
  return `${due.days} ${due.count === 'WORKING' ? 'working ' : ''}days after ${after}`;
}
