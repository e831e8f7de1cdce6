import { z } from 'zod';
import { ACTIONS, ROLES } from '../../../platform/values/enums.ts';
import {
  type Actors,
  RECORD_PEOPLE,
  RECORD_SUBJECTS,
  type RecordDeclaration,
  type RecordDue,
} from '../contract/records.ts';
import type { Policy } from '../contract.ts';
import { camel } from './names.ts';

const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** What is wrong with the kinds of records and the posts that a policy declares. */
export function recordProblems(policy: Policy): string[] {
  const posts = Object.entries(policy.posts ?? {}).flatMap(([code, { role }]) => [
    ...(CODE.test(code) ? [] : [`post ${code}: its code is not in upper case`]),
    ...((ROLES as readonly string[]).includes(code) || (RECORD_PEOPLE as readonly string[]).includes(code)
      ? [`post ${code}: a role, or a word for people, has its name`]
      : []),
    ...((ROLES as readonly string[]).includes(role) ? [] : [`post ${code}: it acts as ${role}, which is no role`]),
  ]);
  const kinds = Object.entries(policy.records ?? {}).flatMap(([kind, declared]) =>
    kindProblems(policy, kind, declared).map((problem) => `record ${kind}: ${problem}`),
  );
  return [...posts, ...kinds];
}

function kindProblems(policy: Policy, kind: string, declared: RecordDeclaration): string[] {
  const { about, partOf, fields, steps, statuses, source, heardBy = [], sensitive = [] } = declared;
  if (!(fields instanceof z.ZodObject)) return ['its fields are no z.object'];
  const names = Object.keys(fields.shape);
  return [
    ...(CODE.test(kind) ? [] : ['its code is not in upper case']),
    ...(RECORD_SUBJECTS.includes(about)
      ? []
      : [`it is about ${about}, which is none of ${RECORD_SUBJECTS.join(', ')}`]),
    ...(about === 'RECORD' && !Object.hasOwn(policy.records ?? {}, partOf ?? '')
      ? ['it names no record that it is a part of']
      : []),
    ...(typeof source === 'string' && source !== '' ? [] : ['it names no source']),
    ...(steps && statuses ? ['it has steps and statuses'] : []),
    ...names
      .filter((name) => !/^[a-z][A-Za-z0-9]*$/.test(name))
      .map((name) => `its field ${name} is no name in camelCase`),
    ...names
      .filter((name) => RESERVED.includes(name))
      .map((name) => `its field ${name} has a name that every record has`),
    ...sensitive.filter((name) => !names.includes(name)).map((name) => `its sensitive field ${name} is not declared`),
    ...heardBy
      .filter((action) => !ACTIONS.includes(action))
      .map((action) => `it is heard by ${action}, which is no action`),
    ...heardBy
      .filter(() => about !== 'CUSTOMER' && about !== 'TICKET')
      .map((action) => `${action} hears of customers and tickets alone`),
    ...actorProblems(policy, declared.startedBy),
    ...actorProblems(policy, declared.seenBy),
    ...stepProblems(policy, declared, names),
    ...figureProblems(declared, names),
  ];
}

/** Fields that every record has in GraphQL. */
export const RESERVED = [
  'id',
  'kind',
  'label',
  'policy',
  'state',
  'status',
  'version',
  'step',
  'steps',
  'history',
  'customer',
  'person',
  'branch',
  'contract',
  'ticket',
  'parent',
  'parts',
  'startedBy',
  'startedAt',
  'updatedAt',
  'endedAt',
  'endReason',
  'nextDueAt',
  'nextSteps',
  'missing',
  'allowedMoves',
] as const satisfies readonly string[] as readonly string[];

function actorProblems({ posts = {} }: Policy, actors: Actors = []): string[] {
  const known: readonly string[] = [...ROLES, ...RECORD_PEOPLE, ...Object.keys(posts)];
  return actors.filter((one) => !known.includes(one)).map((one) => `it names ${one}, which is no role and no post`);
}

function stepProblems(policy: Policy, declared: RecordDeclaration, names: readonly string[]): string[] {
  const { steps = [] } = declared;
  const codes = steps.map(({ code }) => code);
  const ends = steps.findIndex(({ closes, optional }) => closes && !optional);
  const unreachable = ends < 0 ? [] : steps.slice(ends + 1).map(({ code }) => `step ${code}: no record comes to it`);
  return [
    ...(new Set(codes).size === codes.length ? [] : ['two of its steps have one code']),
    ...unreachable,
    ...(steps.length > 0 && steps.every(({ optional, closes }) => optional && !closes)
      ? ['all of its steps are optional, so it never ends']
      : []),
    ...steps.flatMap((one, index) =>
      [
        ...(CODE.test(one.code) ? [] : ['its code is not in upper case']),
        ...(names.includes(camel(one.code)) && one.brings ? ['what it brings has the name of a field'] : []),
        ...(one.approval && steps[index + 1]?.approval
          ? ['another approval follows it: the route has steps of its own']
          : []),
        ...(one.task && !one.due ? ['a task is opened for it, and it is never due'] : []),
        ...(one.approval && one.brings ? ['it is approved, and brings nothing'] : []),
        ...(one.approval && one.optional ? ['it is approved, and cannot be left out'] : []),
        ...(one.confirmedBy && declared.about !== 'CUSTOMER' && declared.about !== 'TICKET'
          ? ['there is no customer to confirm it']
          : []),
        ...(one.returnsTo === undefined || codes.slice(0, index + 1).includes(one.returnsTo)
          ? []
          : [`it leads back to ${one.returnsTo}, which is no step before it`]),
        ...actorProblems(policy, one.by),
        ...(one.due ? dueProblems(policy, one.due, { names, before: codes.slice(0, index) }) : []),
      ].map((problem) => `step ${one.code}: ${problem}`),
    ),
  ];
}

function dueProblems(
  { parameters = {}, calendars = {} }: Policy,
  due: RecordDue,
  { names, before }: { readonly names: readonly string[]; readonly before: readonly string[] },
): string[] {
  const from = 'at' in due ? due.at : 'before' in due ? due.before : due.after;
  const known = 'after' in due ? ['START', 'LAST', ...names, ...before] : names;
  const lengths = ['days', 'months', 'hours'].flatMap((unit) => (unit in due ? [due[unit as keyof RecordDue]] : []));
  return [
    ...(known.includes(from) ? [] : [`it is due by ${from}, which is no field and no step before it`]),
    ...lengths.flatMap((length: unknown) =>
      typeof length === 'string' && !Object.hasOwn(parameters, length)
        ? [`it names the parameter ${length}, which is not declared`]
        : [],
    ),
    ...(due.calendar === undefined || due.calendar === 'always' || Object.hasOwn(calendars, due.calendar)
      ? []
      : [`it names the calendar ${due.calendar}, which is not declared`]),
  ];
}

function figureProblems({ figures = {}, steps = [], about }: RecordDeclaration, names: readonly string[]): string[] {
  const moments = ['START', 'END', ...steps.map(({ code }) => code)];
  return Object.entries(figures).flatMap(([key, { when, where = {}, of, person }]) =>
    [
      ...(moments.includes(when) ? [] : [`it counts by ${when}, which is no step`]),
      ...Object.keys(where)
        .filter((name) => !names.includes(name))
        .map((name) => `it asks for ${name}, which is no field`),
      ...(typeof of === 'object' && !names.includes(of.sum) ? [`it sums ${of.sum}, which is no field`] : []),
      ...(of === 'IN_TIME' && !steps.find(({ code }) => code === when)?.due ? ['nothing of it falls due'] : []),
      ...(person === 'SUBJECT' && about !== 'PERSON' ? ['it is about no person'] : []),
    ].map((problem) => `figure ${key}: ${problem}`),
  );
}
