import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { INTERNAL_OF_FILE } from '../customers/personal-data.ts';
import { unsealProfile } from '../customers/profile.ts';
import { countRecent } from './file-quota.ts';
import { PERSONAL_DATA } from './personal-data.ts';
import { rowsOfCustomer, tablesOfCustomers } from './sql.ts';
import { visibleFile } from './visible-file.ts';

/** Exports of one person within a day. Ours. */
const EXPORTS_PER_DAY = 20;

/** Columns of every table that say nothing to the customer. */
const INDEX_OR_MASK = /_(index|mask)$/;

export interface CustomerExport {
  readonly exportedAt: Date;
  /** Every row that the platform keeps of the customer, by table, with sealed values in clear. */
  readonly document: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/**
 * All that is kept of a customer, for one who asks for their own data: every table that knows customers, whichever slice or
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
  const act = Act.begin(services, caller, 'exportCustomer');
  requireReason(reason, 'reason');
  const select = { policyId: true, branchId: true };
  const customer = await visibleFile(act, id, act.prisma.customer.findFirst({ where: act.one(id), select }));
  await act.commit({
    audit: act.audit('EXPORT_CUSTOMER', { type: 'Customer', id, ...customer }, { reason: reason.trim() }),
    async change(tx) {
      const count = await countRecent(tx, act, 'EXPORT_CUSTOMER', 86_400_000);
      if (count >= EXPORTS_PER_DAY) throw refuse('EXPORT_QUOTA', { count: EXPORTS_PER_DAY });
    },
  });
  return { exportedAt: act.now, document: await readAll(services, id) };
}

async function readAll({ database, sealer }: Services, id: string): Promise<CustomerExport['document']> {
  const { prisma } = database;
  const parts = Object.keys(PERSONAL_DATA).filter((table) => PERSONAL_DATA[table]?.through);
  const document: Record<string, readonly Record<string, unknown>[]> = {};
  for (const table of ['customer', ...(await tablesOfCustomers(prisma)), ...parts]) {
    const rows = await rowsOfCustomer(prisma, table, PERSONAL_DATA[table] ?? {}, id);
    document[table] = rows.map((row) => inClear(sealer, id, table, row));
  }
  return document;
}

function isInternal(table: string, column: string): boolean {
  const internal = table === 'customer' ? INTERNAL_OF_FILE : PERSONAL_DATA[table]?.internal;
  return INDEX_OR_MASK.test(column) || (internal?.includes(column) ?? false);
}

/** A row as the customer reads it: what is sealed to its table, field and row is opened. */
function inClear(
  sealer: FieldCipher,
  customerId: string,
  table: string,
  row: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([column, value]): [string, unknown][] => {
      if (isInternal(table, column)) return [];
      if (table === 'customer' && column === 'profile')
        return [[column, value && unsealProfile(sealer, customerId, value)]];
      if (!column.endsWith('_sealed')) return [[column, value]];
      const name = column.replace(/_sealed$/, '');
      const field = name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
      return [[name, typeof value === 'string' ? sealer.open(value, `${table}|${field}|${String(row.id)}`) : null]];
    }),
  );
}
