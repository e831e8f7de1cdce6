import { Prisma, type PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { PersonalTable } from '../../engine/services/personal-data.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** Holds a customer's file until the transaction ends: another writer is waited for, and a later one finds what this one did. */
export async function holdFile(
  tx: TransactionClient,
  customerId: string,
): Promise<{ readonly version: number; readonly erasedAt: Date | null } | null> {
  const [file] = await tx.$queryRaw<{ version: number; erasedAt: Date | null }[]>`/* privacy.holdFile */
    select version, erased_at as "erasedAt" from customer where id = ${customerId}::uuid for update`;
  return file ?? null;
}

/** The rows of a customer in a table, over the alias `t`. */
function ofCustomer(customerId: string, { through }: Pick<PersonalTable, 'through'>): Prisma.Sql {
  if (!through) return Prisma.sql`t.customer_id = ${customerId}::uuid`;
  const [key, parent] = [Prisma.raw(through.key), Prisma.raw(`"${through.parent}"`)];
  return Prisma.sql`t.${key} in (select id from ${parent} where customer_id = ${customerId}::uuid)`;
}

/** Overwrites or deletes the rows of a customer in a table, as its slice says. */
export async function eraseRows(
  tx: TransactionClient,
  table: string,
  personal: PersonalTable,
  customerId: string,
): Promise<void> {
  const { erase } = personal;
  if (erase === 'KEPT') return;
  const [name, rows] = [Prisma.raw(`"${table}"`), ofCustomer(customerId, personal)];
  if (erase === 'DELETED') await tx.$executeRaw`/* privacy.eraseRows */ delete from ${name} t where ${rows}`;
  else await tx.$executeRaw`/* privacy.eraseRows */ update ${name} t set ${erase} where ${rows}`;
}

/** Deletes the keys of requests about a customer: they are the client's own words. */
export async function deleteRequestKeys(tx: TransactionClient, customerId: string): Promise<void> {
  await tx.$executeRaw`/* privacy.deleteRequestKeys */
    delete from idempotency_key where result #>> '{}' in (
      select ${customerId}::text
      union all select id::text from ticket where customer_id = ${customerId}::uuid
      union all select id::text from maintenance_plan where customer_id = ${customerId}::uuid
      union all select id::text from attachment where customer_id = ${customerId}::uuid
      union all select id::text from contract where customer_id = ${customerId}::uuid
      union all select id::text from policy_record where customer_id = ${customerId}::uuid)`;
}

/** Every table with a column `customer_id`, whichever slice or plugin brought it. */
export async function tablesOfCustomers(prisma: PrismaClient): Promise<string[]> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`/* privacy.tablesOfCustomers */
    select c.table_name as name from information_schema.columns c
      join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = current_schema() and c.column_name = 'customer_id' and t.table_type = 'BASE TABLE'
    order by c.table_name`;
  return tables.map(({ name }) => name);
}

/** A customer's file, or its rows in a table, as they are stored. */
export async function rowsOfCustomer(
  prisma: PrismaClient,
  table: string,
  personal: Pick<PersonalTable, 'through'>,
  customerId: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  const where = table === 'customer' ? Prisma.sql`t.id = ${customerId}::uuid` : ofCustomer(customerId, personal);
  const rows = await prisma.$queryRaw<{ row: Record<string, unknown> }[]>`/* privacy.rowsOfCustomer */
    select to_jsonb(t) as row from ${Prisma.raw(`"${table}"`)} t where ${where}`;
  return rows.map(({ row }) => row);
}

/** Lets those with the same name wait for each other until the transaction ends. */
export async function waitInTurn(tx: TransactionClient, name: string): Promise<void> {
  await tx.$executeRaw`/* privacy.waitInTurn */ select pg_advisory_xact_lock(hashtext(${name}))`;
}
