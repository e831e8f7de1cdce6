import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { SelectionProposal } from '../../engine/policy/answers.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visibleSql } from '../../platform/access/scope.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import { answerOnce, once, type Repeatable } from '../../platform/storage/idempotency.ts';
import { inTransaction, type TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import type { Text } from '../../platform/values/text.ts';
import { proposedTask } from './proposed.ts';

export type SelectionMethod = SelectionProposal['method'];

/** Below this score of 5 satisfaction is low; ours. */
const LOW_BELOW = 3;

export interface CallbackSelection {
  readonly policyId: string;
  readonly method: SelectionMethod;
  /** 1 to 100. */
  readonly count: number;
  readonly dueAt: Date;
  /** What the call is about. */
  readonly reason: string;
}

/**
 * Chooses customers whom the caller may see and has them called back (S02-phone-callback): at random, by low satisfaction,
 * by a need that nobody followed up, or those who were not contacted for longest. Nobody is chosen who cannot be called, or
 * is to be called anyhow.
 *
 * @returns the ids of the tasks
 */
export async function selectForCallback(
  services: Services,
  caller: Caller,
  input: CallbackSelection,
  idempotencyKey?: string | null,
): Promise<string[]> {
  requirePermission(caller.actor, 'selectForCallback');
  const request = { actorId: caller.actor.id, mutation: 'selectForCallback', key: idempotencyKey, input };
  return answerOnce(services.database, request, () => select(services, caller, input, request));
}

async function select(
  services: Services,
  caller: Caller,
  input: CallbackSelection,
  request: Repeatable,
): Promise<string[]> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  businessLine(policies.get(input.policyId), input.policyId);
  const now = clock.now();
  const issues: Issue[] = [];
  if (input.count < 1 || input.count > 100) issues.push({ path: 'input.count', message: 'is not between 1 and 100' });
  if (input.dueAt <= now) issues.push({ path: 'input.dueAt', message: 'does not lie ahead' });
  const reason = input.reason.trim();
  if (reason === '' || reason.length > 200)
    issues.push({ path: 'input.reason', message: 'has between 1 and 200 characters' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const title = { en: `Callback: ${reason}`, zh: `电话回访：${reason}` };
  return inTransaction(database, (tx) =>
    once(tx, request, now, async () => {
      const selectionId = newId();
      const scope = Prisma.sql`c.policy_id = ${input.policyId} and ${visibleSql(actor, 'c')}`;
      const { method, count, dueAt } = input;
      const tasks = await openCallbacks(tx, {
        key: `selection:${selectionId}`,
        method,
        count,
        title,
        dueAt,
        scope,
        now,
      });
      if (tasks.length === 0) return tasks;
      const entry = { at: now, actorId: actor.id, requestId, action: 'SELECT_FOR_CALLBACK', policyId: input.policyId };
      const subject = { type: 'Selection', id: selectionId };
      await new WriteSet()
        .insert(
          'audit_entry',
          auditRow({ ...entry, subject, branchId: actor.branchId, reason: `${method}: ${reason}` }),
        )
        .execute(tx);
      return tasks;
    }),
  );
}

/** A selection as it is carried out: whom it may choose from, as SQL over the alias `c`. */
export interface Selection {
  readonly key: string;
  readonly method: SelectionMethod;
  readonly count: number;
  readonly title: Text;
  readonly dueAt: Date;
  readonly scope: Prisma.Sql;
  readonly now: Date;
}

/** Chooses customers and opens a callback for each. Returns the ids of the tasks. */
export async function openCallbacks(tx: TransactionClient, selection: Selection): Promise<string[]> {
  const { key, method, count, title, dueAt, scope, now } = selection;
  const chosen = await tx.$queryRaw<{ id: string; policy_id: string; branch_id: string; manager_id: string | null }[]>`
    select c.id, c.policy_id, c.branch_id, c.manager_id from customer c
    where ${scope} and c.departed_at is null and c.phone_sealed is not null
      and not exists (select 1 from task t where t.customer_id = c.id and t.origin = 'CALLBACK' and t.status in ('OPEN', 'OVERDUE'))
      and ${WHO[method]}
    order by ${IN_ORDER[method](key)}, c.id limit ${count}`;
  const tasks = chosen.map((row) =>
    proposedTask(
      { key, title, origin: 'CALLBACK', purpose: PURPOSE[method], channel: 'PHONE', dueAt: dueAt.toISOString() },
      {
        key: `${key}:${row.id}`,
        customer: { id: row.id, policyId: row.policy_id, branchId: row.branch_id },
        assigneeId: row.manager_id,
        at: now,
      },
    ),
  );
  await new WriteSet().insert('task', ...tasks).execute(tx);
  return tasks.map(({ id }) => id);
}

/** What a customer said last, in a survey or on the telephone. */
const LAST_SCORE = Prisma.sql`(
  select s.score from (
    select r.score, r.submitted_at as at from survey_response r where r.customer_id = c.id
    union all
    select i.satisfaction, i.happened_at from interaction i where i.customer_id = c.id and i.satisfaction is not null
  ) s order by s.at desc limit 1)`;

const LAST_CONTACT = Prisma.sql`(
  select max(i.happened_at) from interaction i where i.customer_id = c.id and i.channel <> 'INTERNAL' and i.message_id is null)`;

/** The last need that was heard and that nobody followed up since. */
const OPEN_NEED = Prisma.sql`(
  select max(i.happened_at) from interaction i where i.customer_id = c.id and btrim(coalesce(i.needs, '')) <> ''
    and not exists (select 1 from interaction f where f.customer_id = c.id and f.purpose = 'FOLLOW_UP' and f.happened_at > i.happened_at))`;

const WHO: Readonly<Record<SelectionMethod, Prisma.Sql>> = {
  RANDOM: Prisma.sql`true`,
  SATISFACTION: Prisma.sql`${LAST_SCORE} < ${LOW_BELOW}`,
  SERVICE: Prisma.sql`${OPEN_NEED} is not null`,
  EMOTIONAL: Prisma.sql`true`,
};

const IN_ORDER: Readonly<Record<SelectionMethod, (seed: string) => Prisma.Sql>> = {
  RANDOM: (seed) => Prisma.sql`md5(${seed} || c.id::text)`,
  SATISFACTION: () => LAST_SCORE,
  SERVICE: () => Prisma.sql`${OPEN_NEED} desc`,
  EMOTIONAL: () => Prisma.sql`${LAST_CONTACT} asc nulls first`,
};

const PURPOSE: Readonly<Record<SelectionMethod, 'CARE' | 'MEDIATE' | 'FOLLOW_UP'>> = {
  RANDOM: 'CARE',
  SATISFACTION: 'MEDIATE',
  SERVICE: 'FOLLOW_UP',
  EMOTIONAL: 'CARE',
};
