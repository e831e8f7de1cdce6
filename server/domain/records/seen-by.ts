import type { PolicyRecord, Prisma } from '../../../prisma/generated/client/client.ts';
import type { Actors, RecordDeclaration } from '../../engine/policy/contract/records.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { maySee, visibleParts } from '../../platform/access/scope.ts';
import { isSuperior, rankOf } from '../../platform/access/superior.ts';

// Who sees a record, once: as a check of one row and as filters of the table. What it is about decides which rows there are to see,
// and the kind's `seenBy` who of those sees them. A record about a person is seen by that person, by superiors in the branch tree
// and by who keeps people's files, and by nobody else.

type Row = Pick<PolicyRecord, 'policyId' | 'branchId' | 'kind' | 'personId' | 'personRank' | 'startedById'>;

/** Whether somebody has one of the roles, or holds one of the posts. */
export function hasAnyOf(actor: Pick<Actor, 'roles' | 'posts'>, policyId: string, actors: Actors): boolean {
  const { roles, posts = [] } = actor;
  return actors.some((one) => (roles as readonly string[]).includes(one) || posts.includes(`${policyId}/${one}`));
}

/** Whether somebody keeps the files of the people below in the line. */
export function keepsFiles(actor: Pick<Actor, 'posts'>, { id, posts = {} }: Pick<Policy, 'id' | 'posts'>): boolean {
  return Object.entries(posts).some(
    ([post, { keepsPeoplesFiles }]) => keepsPeoplesFiles && actor.posts?.includes(`${id}/${post}`),
  );
}

/** Whether the actor may open the file of a person. */
export function mayOpenFile(
  actor: Actor,
  policy: Pick<Policy, 'id' | 'posts'>,
  person: { readonly id: string; readonly branchId: string; readonly rank: number },
): boolean {
  if (!actor.policyIds.includes(policy.id)) return false;
  return isSuperior(actor, person) || (keepsFiles(actor, policy) && actor.place.covers(person.branchId));
}

/** Whether the actor sees the record. */
export function maySeeRecord(policies: Policies, actor: Actor, row: Row): boolean {
  const policy = policies.get(row.policyId)?.declaration;
  const declared = policy?.records?.[row.kind];
  if (!policy || !declared) return false;
  if (row.personId !== null) {
    if (row.personId === actor.id) return seesOwn(declared);
    return mayOpenFile(actor, policy, { id: row.personId, branchId: row.branchId, rank: row.personRank ?? 1 });
  }
  // What is about the line is for all of the line, wherever they work.
  const isOfTheLine = declared.about === 'LINE' && actor.rows.lines.some((line) => line.policyId === policy.id);
  if (!isOfTheLine && !maySee(actor, row)) return false;
  return row.startedById === actor.id || !isHidden(actor, policy.id, declared);
}

/** A person sees what is kept about them, but where the policy says who does and leaves them out. */
function seesOwn({ seenBy }: RecordDeclaration): boolean {
  return seenBy === undefined || seenBy.includes('SUBJECT');
}

function isHidden(actor: Actor, policyId: string, { about, seenBy }: RecordDeclaration): boolean {
  return about !== 'PERSON' && seenBy !== undefined && !hasAnyOf(actor, policyId, seenBy);
}

/** Which records are asked for; all where it is left out. */
interface AskedRecords {
  readonly policyId?: string | null | undefined;
  readonly branchIds?: readonly string[] | null | undefined;
}

/** The same rule as filters of the table: a row passes one of them at least. */
export function visibleRecordParts(
  policies: Policies,
  actor: Actor,
  asked: AskedRecords = {},
): Prisma.PolicyRecordWhereInput[] {
  const things = actor.rows.lines.length === 0 ? [] : visibleParts(actor, asked);
  const parts = things.map((part): Prisma.PolicyRecordWhereInput => {
    const all = kindsOf(policies, part.policyId, () => true);
    const open = kindsOf(policies, part.policyId, (declared) => !isHidden(actor, part.policyId, declared));
    const things = { ...part, personId: null, kind: { in: all } };
    return open.length === all.length ? things : { ...things, OR: [{ kind: { in: open } }, { startedById: actor.id }] };
  });
  return [
    ...parts,
    ...lineParts(policies, actor, asked),
    ...ownParts(policies, actor, asked),
    ...peopleParts(policies, actor, asked),
  ];
}

/** Records about the line itself, which are seen wherever it is run. */
function lineParts(
  policies: Policies,
  actor: Actor,
  { policyId, branchIds }: AskedRecords,
): Prisma.PolicyRecordWhereInput[] {
  const lines = actor.rows.lines.filter(
    (line) => line.branchIds !== 'ALL' && (policyId == null || line.policyId === policyId),
  );
  return lines.flatMap((line): Prisma.PolicyRecordWhereInput[] => {
    const isOpen = (declared: RecordDeclaration) =>
      declared.about === 'LINE' && !isHidden(actor, line.policyId, declared);
    const kinds = kindsOf(policies, line.policyId, isOpen);
    if (kinds.length === 0) return [];
    return [
      {
        policyId: line.policyId,
        personId: null,
        kind: { in: kinds },
        ...(branchIds && { branchId: { in: [...branchIds] } }),
      },
    ];
  });
}

/** The same rule, as one filter. */
export function visibleRecords(policies: Policies, actor: Actor): Prisma.PolicyRecordWhereInput {
  return { OR: visibleRecordParts(policies, actor) };
}

function kindsOf(policies: Policies, policyId: string, is: (declared: RecordDeclaration) => boolean): string[] {
  const declared = Object.entries(policies.get(policyId)?.declaration.records ?? {});
  return declared.flatMap(([kind, one]) => (is(one) ? [kind] : []));
}

function ownParts(
  policies: Policies,
  actor: Actor,
  { policyId, branchIds }: AskedRecords,
): Prisma.PolicyRecordWhereInput[] {
  const lines = policies.all().map(({ declaration }) => declaration.id);
  return lines
    .filter((line) => (policyId == null || policyId === line) && policies.get(line)?.declaration.records)
    .map((line) => {
      return {
        policyId: line,
        personId: actor.id,
        kind: { in: kindsOf(policies, line, seesOwn) },
        ...(branchIds && { branchId: { in: [...branchIds] } }),
      };
    });
}

/** Records about the people whom the actor leads, or whose files the actor keeps. */
function peopleParts(
  policies: Policies,
  actor: Actor,
  { policyId, branchIds }: AskedRecords,
): Prisma.PolicyRecordWhereInput[] {
  const rank = rankOf(actor.roles);
  const lines = actor.policyIds.filter((line) => policyId == null || policyId === line);
  return lines.flatMap((line): Prisma.PolicyRecordWhereInput[] => {
    const policy = policies.get(line)?.declaration;
    if (!policy?.records) return [];
    const others = { policyId: line, personId: { not: actor.id }, kind: { in: kindsOf(policies, line, () => true) } };
    const wanted = (branchId: string) => !branchIds || branchIds.includes(branchId);
    const below = [...actor.place.below].filter(wanted);
    if (keepsFiles(actor, policy)) return [{ ...others, AND: [{ personId: { not: null } }], branchId: { in: below } }];
    if (rank < 2) return [];
    const own = below.filter((branchId) => branchId === actor.branchId);
    const under = below.filter((branchId) => branchId !== actor.branchId);
    return [
      { ...others, branchId: { in: own }, personRank: { lt: rank } },
      { ...others, branchId: { in: under }, personRank: { lte: rank } },
    ];
  });
}
