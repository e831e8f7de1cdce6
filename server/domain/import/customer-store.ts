import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict } from '../../platform/values/errors.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { newId } from '../../platform/values/ids.ts';
import { IDENTIFIERS, type Identifier, SEARCH_FORM, sealIdentifiers } from '../customers/identifiers.ts';
import { searchColumns } from '../customers/name-search.ts';
import { sealProfile } from '../customers/profile.ts';
import { handOverTasks } from '../customers/sql-hand-over.ts';
import { refreshBestGrades } from '../grades/best-grade.ts';
import type { CustomerChange } from './customer-change.ts';
import { auditBatch } from './import-audit.ts';
import type { ImportContext } from './kind.ts';
import { updateRows } from './sql.ts';

/** A transaction of one batch, in milliseconds. */
const LONGEST_MS = 30_000;

/**
 * Writes new and changed customers with their consent, grades and audit entry: one transaction, as sets.
 *
 * A decision on consent is recorded as taken by who imports, else by the customer's manager; where there is neither, the
 * customer's file alone holds it.
 *
 * @throws {Conflict} a customer was created or changed since the batch was checked
 */
export async function storeCustomers(context: ImportContext, changes: readonly CustomerChange[]): Promise<void> {
  if (changes.length === 0) return;
  const { services, now, actorId } = context;
  const writes = new WriteSet();
  const created = changes.filter(({ isNew }) => isNew);
  const changed = changes.filter(({ isNew }) => !isNew);
  writes.insert('grade', ...changes.flatMap((change) => gradeRow(change) ?? []));
  const gradeOf = new Map(writes.of('grade').map((grade) => [grade.customerId, grade]));
  writes.insert('customer', ...created.map((change) => newRow(context, change, gradeOf.get(change.id))));
  for (const { id, values, decidesConsent } of changes) {
    const byId = actorId ?? values.managerId;
    if (!decidesConsent || values.vipConsent === null || byId === null) continue;
    const decided = { vipService: values.vipConsent, marketing: values.marketingConsent ?? false };
    writes.insert('consent_decision', { id: newId(), customerId: id, ...decided, decidedAt: now, byId });
  }
  const withdrawn = changed.flatMap((change) => withdrawnGrades(change));
  writes.insert('alert', ...withdrawn.map(({ alert }) => alert(now)));
  const replaced = changed.flatMap(({ grade }) => (grade?.replaces ? [grade.replaces] : []));
  const regraded = changed.filter(
    ({ id, grade }) => grade !== null || withdrawn.some(({ customerId }) => customerId === id),
  );
  const handedOver = changed.flatMap(({ id, values, stored }) =>
    stored && stored.managerId !== values.managerId ? [{ id, from: stored.managerId }] : [],
  );
  const updates = changed.map((change) => changedRow(context, change));
  try {
    await inTransaction(
      services.database,
      async (tx) => {
        if ((await updateRows(tx, 'customer', updates, { versioned: true })) < updates.length) throw new Conflict(null);
        await handOverTasks(tx, handedOver);
        await endGrades(tx, replaced, 'MANUAL', now);
        await endGrades(
          tx,
          withdrawn.map(({ gradeId }) => gradeId),
          'CONSENT_WITHDRAWN',
          now,
        );
        await writes.execute(tx);
        await refreshBestGrades(
          tx,
          regraded.map(({ id }) => id),
        );
        for (const [policyId, ofPolicy] of groupBy(changes, ({ policy }) => policy.declaration.id)) {
          await auditBatch(tx, context, 'IMPORT_CUSTOMERS', {
            policyId,
            lines: ofPolicy.map(({ row }) => row.line),
            rows: ofPolicy.length,
          });
        }
      },
      { timeoutMs: LONGEST_MS },
    );
  } catch (error) {
    throw isUniqueViolation(error) ? new Conflict(null) : error;
  }
  if (withdrawn.length > 0) services.alerts.wake();
}

function newRow(
  { services: { sealer }, now }: ImportContext,
  { id, cells, values, branchId, policy }: CustomerChange,
  grade: Prisma.GradeUncheckedCreateInput | undefined,
): Prisma.CustomerUncheckedCreateInput {
  const { profile, ...plain } = values;
  return {
    id,
    policyId: policy.declaration.id,
    number: cells.number,
    ...plain,
    ...searchColumns(values.name),
    searchForm: SEARCH_FORM,
    branchId,
    ...sealIdentifiers(sealer, id, cells, policy),
    ...(profile !== null && {
      profile: sealProfile(sealer, policy.declaration, id, profile as Prisma.JsonObject) as Prisma.InputJsonObject,
    }),
    ...(grade && bestGrade(grade)),
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

function bestGrade({ id, schemeId, tierCode, tierRank, reviewDueOn }: Prisma.GradeUncheckedCreateInput) {
  return { gradeId: id, schemeId, tierCode, tierRank, ...(reviewDueOn && { reviewDueOn }) };
}

function changedRow(
  { services: { sealer }, now }: ImportContext,
  { id, version, cells, values, policy, stored }: CustomerChange,
) {
  const { kind: _, ...columns } = values;
  const kept = IDENTIFIERS.map((field) => identifierOf(stored, field));
  return {
    id,
    version,
    ...columns,
    profile: columns.profile && sealProfile(sealer, policy.declaration, id, columns.profile as Prisma.JsonObject),
    ...searchColumns(values.name),
    ...Object.assign({}, ...kept),
    ...sealIdentifiers(sealer, id, cells, policy),
    updatedAt: now,
  };
}

function identifierOf(stored: CustomerChange['stored'], field: Identifier) {
  const names = [`${field}Sealed`, `${field}Mask`, `${field}Index`] as const;
  return Object.fromEntries(names.map((name) => [name, stored?.[name] ?? null]));
}

function gradeRow({ id, grade, policy }: CustomerChange): Prisma.GradeUncheckedCreateInput | null {
  if (!grade) return null;
  const { replaces: _, ...taken } = grade;
  return { id: newId(), customerId: id, policyId: policy.declaration.id, state: 'ACTIVE', reason: 'MANUAL', ...taken };
}

/** The grades that are held only with the consent that the row withdraws, each with its alert. */
function withdrawnGrades({ id, policy, branchId, stored, values }: CustomerChange) {
  if (values.vipConsent !== false || stored?.vipConsent === false) return [];
  const schemes = policy.declaration.schemes ?? {};
  const customer = {
    id,
    policyId: policy.declaration.id,
    branchId,
    managerId: values.managerId,
    tierRank: stored?.tierRank ?? null,
  };
  const ending = (stored?.grades ?? []).filter(({ schemeId }) => schemes[schemeId]?.needsConsent);
  return ending.map((grade) => ({
    customerId: id,
    gradeId: grade.id,
    alert: (at: Date) => gradeChangedAlert(customer, { from: grade.tierCode, to: null, key: `${grade.id}:ended` }, at),
  }));
}

async function endGrades(
  tx: Prisma.TransactionClient,
  ids: readonly string[],
  endedBecause: 'MANUAL' | 'CONSENT_WITHDRAWN',
  at: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.grade.updateMany({ where: { id: { in: [...ids] } }, data: { state: 'ENDED', endedAt: at, endedBecause } });
}
