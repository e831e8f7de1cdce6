import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { noteRefusedRead } from '../../platform/audit/refused-read.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { NotFound, Refused } from '../../platform/values/errors.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { placeOf } from '../contracts/service.ts';
import { unsealProfile } from '../customers/profile.ts';

/** Exports of one person within a day. Ours. */
const EXPORTS_PER_DAY = 20;

/** Tables whose rows hang on another row of the customer's. */
const CHILDREN: Readonly<Record<string, { readonly key: string; readonly parent: string }>> = {
  approval_step: { key: 'approval_id', parent: 'approval' },
  budget_entry: { key: 'plan_id', parent: 'maintenance_plan' },
  plan_measure: { key: 'plan_id', parent: 'maintenance_plan' },
  plan_version: { key: 'plan_id', parent: 'maintenance_plan' },
  ticket_event: { key: 'ticket_id', parent: 'ticket' },
};

/** Columns that say nothing to the customer: indexes, masks and what the platform keeps for itself. */
const INTERNAL = /_(index|mask)$|^(name_words|fire_at|fire_percent|next_fire_at|awaits_reaction|dedupe_key|seq|hash)$/;

export interface CustomerExport {
  readonly exportedAt: Date;
  /** Every row that the platform keeps of the customer, by table, with sealed values in clear. */
  readonly document: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/**
 * All that is kept of a customer, for whoever asks for their own data: every table that knows customers, whichever slice or
 * plugin brought it. It is in the audit trail with its reason.
 *
 * @throws {Refused} EXPORT_QUOTA
 */
export async function exportCustomer(
  services: Services,
  caller: Caller,
  id: string,
  reason: string,
): Promise<CustomerExport> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'exportCustomer');
  requireReason(reason, 'reason');
  const customer = await database.prisma.customer.findFirst({
    where: { id, ...visible(actor) },
    select: { policyId: true, branchId: true },
  });
  if (!customer) {
    noteRefusedRead(services, caller, id);
    throw new NotFound('Customer');
  }
  const exportedAt = clock.now();
  await inTransaction(database, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`export ${actor.id}`}))`;
    const since = new Date(exportedAt.getTime() - 86_400_000);
    const where = { actorId: actor.id, action: 'EXPORT_CUSTOMER', at: { gt: since } };
    if ((await tx.auditEntry.count({ where })) >= EXPORTS_PER_DAY)
      throw Refused.because('EXPORT_QUOTA', `You exported ${EXPORTS_PER_DAY} files within a day.`);
    await writeAudit(tx, {
      at: exportedAt,
      actorId: actor.id,
      requestId,
      action: 'EXPORT_CUSTOMER',
      subject: { type: 'Customer', id },
      ...customer,
      customerId: id,
      reason: reason.trim(),
    });
  });
  return { exportedAt, document: await readAll(services, id) };
}

async function readAll(services: Services, id: string): Promise<CustomerExport['document']> {
  const { prisma } = services.database;
  const known = await prisma.$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where table_schema = current_schema() and column_name = 'customer_id' order by table_name`;
  const document: Record<string, readonly Record<string, unknown>[]> = {};
  const add = async (table: string, where: Prisma.Sql) => {
    const rows = await prisma.$queryRaw<{ row: Record<string, unknown> }[]>`
      select to_jsonb(t) as row from ${Prisma.raw(`"${table}"`)} t where ${where}`;
    document[table] = rows.map(({ row }) => inClear(services, id, table, row));
  };
  await add('customer', Prisma.sql`t.id = ${id}::uuid`);
  for (const { name } of known) await add(name, Prisma.sql`t.customer_id = ${id}::uuid`);
  for (const [table, { key, parent }] of Object.entries(CHILDREN)) {
    const parents = Prisma.sql`select id from ${Prisma.raw(`"${parent}"`)} where customer_id = ${id}::uuid`;
    await add(table, Prisma.sql`t.${Prisma.raw(key)} in (${parents})`);
  }
  return document;
}

/** The places to which the columns of a table are sealed. */
function placeIn(table: string, field: string, rowId: string): string {
  if (table === 'contract') return placeOf(rowId);
  return `${table}|${field}|${rowId}`;
}

function inClear(
  { sealer }: Services,
  customerId: string,
  table: string,
  row: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([column, value]): [string, unknown][] => {
      if (INTERNAL.test(column)) return [];
      if (table === 'customer' && column === 'profile')
        return [[column, value && unsealProfile(sealer, customerId, value)]];
      if (!column.endsWith('_sealed')) return [[column, value]];
      const name = column.replace(/_sealed$/, '');
      const field = name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
      return [[name, typeof value === 'string' ? sealer.open(value, placeIn(table, field, String(row.id))) : null]];
    }),
  );
}
