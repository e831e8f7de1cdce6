import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { visibleSql } from '../../platform/access/scope.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import type { Text } from '../../platform/values/text.ts';
import { proposedTask } from './proposed.ts';
import { customersToCall, ofLine, type SelectionMethod } from './sql.ts';

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
  return Act.begin(services, caller, 'selectForCallback').once('selectForCallback', idempotencyKey, input, (act) =>
    select(act, input),
  );
}

async function select(act: Act, input: CallbackSelection): Promise<string[]> {
  const { actor, now } = act;
  const { policyId, method, count, dueAt } = input;
  businessLine(act.services.policies.get(policyId), policyId);
  const reason = checkSelection(input, now);
  const title = { en: `Callback: ${reason}`, zh: `电话回访：${reason}` };
  const selectionId = newId();
  const scope = ofLine(policyId, visibleSql(actor, 'c'));
  const subject = { type: 'Selection', id: selectionId, policyId, branchId: actor.branchId };
  return act.commit({
    answer: (tasks) => tasks,
    audit: [],
    async change(tx) {
      const key = `selection:${selectionId}`;
      const tasks = await openCallbacks(tx, { key, method, count, title, dueAt, scope, now });
      if (tasks.length > 0)
        await act.record(tx, act.audit('SELECT_FOR_CALLBACK', subject, { reason: `${method}: ${reason}` }));
      return tasks;
    },
  });
}

/** Returns the reason as it is told. */
function checkSelection({ count, dueAt, reason }: CallbackSelection, now: Date): string {
  const issues: Issue[] = [];
  if (count < 1 || count > 100) issues.push({ path: 'input.count', message: 'is not between 1 and 100' });
  if (dueAt <= now) issues.push({ path: 'input.dueAt', message: 'does not lie ahead' });
  const trimmed = reason.trim();
  if (trimmed === '' || trimmed.length > 200)
    issues.push({ path: 'input.reason', message: 'has between 1 and 200 characters' });
  if (issues.length > 0) throw new InvalidInput(issues);
  return trimmed;
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
  const chosen = await customersToCall(tx, scope, { method, seed: key, count });
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

const PURPOSE: Readonly<Record<SelectionMethod, 'CARE' | 'MEDIATE' | 'FOLLOW_UP'>> = {
  RANDOM: 'CARE',
  SATISFACTION: 'MEDIATE',
  SERVICE: 'FOLLOW_UP',
  EMOTIONAL: 'CARE',
};
