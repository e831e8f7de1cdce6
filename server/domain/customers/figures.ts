import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { rowsFor, visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { answerOnce, once, type Repeatable } from '../../platform/storage/idempotency.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';

export interface FigureInput {
  readonly customerNumber: string;
  readonly key: string;
  /** An exact decimal. */
  readonly value: string;
  readonly asOf: Date;
}

export interface FigureDelivery {
  readonly policyId: string;
  readonly source: string;
  readonly metrics: readonly FigureInput[];
}

export interface Rejection {
  /** Position in the input, from 0. */
  readonly index: number;
  readonly code: 'UNKNOWN_CUSTOMER' | 'UNKNOWN_METRIC' | 'FUTURE_DATE';
  readonly message: string;
}

/** How many figures were taken, and which were not. A type, for it is stored as JSON. */
type FigureReceipt = { accepted: number; rejected: { index: number; code: Rejection['code']; message: string }[] };

/** The most figures of one request; a file of any length goes through `tierline import metrics`. */
const MAX_FIGURES = 500;

/**
 * Takes in figures of a policy's customers. What is wrong is rejected row by row, the rest is stored; a figure that came
 * before is not stored twice.
 */
export async function recordMetrics(
  services: Services,
  caller: Caller,
  input: FigureDelivery,
  idempotencyKey?: string | null,
): Promise<FigureReceipt> {
  requirePermission(caller.actor, 'recordMetrics');
  const request = { actorId: caller.actor.id, mutation: 'recordMetrics', key: idempotencyKey, input };
  return answerOnce(services.database, request, () => record(services, caller, input, request));
}

async function record(
  services: Services,
  caller: Caller,
  input: FigureDelivery,
  request: Repeatable,
): Promise<FigureReceipt> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  const { declaration } = businessLine(policies.get(input.policyId), input.policyId);
  const issues = [];
  if (input.metrics.length > MAX_FIGURES)
    issues.push({ path: 'input.metrics', message: `has more than ${MAX_FIGURES} entries` });
  if (input.source.trim() === '') issues.push({ path: 'input.source', message: 'is empty' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const now = clock.now();
  const numbers = [...new Set(input.metrics.map(({ customerNumber }) => customerNumber))];
  const customers = await database.prisma.customer.findMany({
    where: {
      AND: [
        { policyId: declaration.id, number: { in: numbers }, erasedAt: null },
        visible(rowsFor(actor, 'metrics:write')),
      ],
    },
    select: { id: true, number: true },
  });
  const idOf = new Map(customers.map(({ id, number }) => [number, id]));
  const rejected: Rejection[] = [];
  const accepted: FigureRow[] = [];
  for (const [index, { customerNumber, key, value, asOf }] of input.metrics.entries()) {
    const customerId = idOf.get(customerNumber);
    const reject = (code: Rejection['code'], message: string) => rejected.push({ index, code, message });
    if (!declaration.metrics?.[key]) reject('UNKNOWN_METRIC', `${key} is no metric of ${declaration.id}.`);
    else if (!customerId) reject('UNKNOWN_CUSTOMER', `There is no customer ${customerNumber}.`);
    else if (asOf.getTime() > now.getTime() + 86_400_000) reject('FUTURE_DATE', 'asOf lies in the future.');
    else accepted.push({ customerId, key, value, asOf });
  }
  return inTransaction(database, (tx) =>
    once(tx, request, now, async () => {
      await storeFigures(tx, accepted, input.source, now);
      await writeAudit(tx, {
        at: now,
        actorId: actor.id,
        requestId,
        action: 'RECORD_METRICS',
        subject: { type: 'Policy', id: declaration.id },
        policyId: declaration.id,
        branchId: actor.branchId,
        changes: [{ field: 'figures', before: null, after: String(accepted.length) }],
      });
      return { accepted: accepted.length, rejected: rejected.map((one) => ({ ...one })) };
    }),
  );
}

export interface FigureRow {
  readonly customerId: string;
  readonly key: string;
  readonly value: string;
  readonly asOf: Date;
}

/**
 * Appends figures and moves the current ones, as sets: a correction is a later record of the same day, and what is stored
 * already with the same value is not stored again.
 *
 * @returns how many were new
 */
export async function storeFigures(
  tx: Pick<Prisma.TransactionClient, '$executeRaw'>,
  figures: readonly FigureRow[],
  source: string,
  at: Date,
): Promise<number> {
  if (figures.length === 0) return 0;
  // Of two figures of one day in one delivery the later one is the correction.
  const unique = new Map(
    figures.map((figure) => [`${figure.customerId} ${figure.key} ${figure.asOf.getTime()}`, figure]),
  );
  const rows = [...unique.values()].map(({ customerId, key, value, asOf }) => ({
    id: newId(),
    customer_id: customerId,
    key,
    value,
    as_of: asOf.toISOString().slice(0, 10),
  }));
  return tx.$executeRaw`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id uuid, customer_id uuid, key text, value numeric(24,6), as_of date)
    ), fresh as (
      select g.* from given g
      where not exists (
        select 1 from (
          select f.value from figure f
          where f.customer_id = g.customer_id and f.key = g.key and f.as_of = g.as_of
          order by f.recorded_at desc limit 1
        ) last where last.value = g.value)
    ), latest as (
      select distinct on (customer_id, key) * from fresh order by customer_id, key, as_of desc
    ), current as (
      insert into current_figure as c (customer_id, key, value, as_of, source, recorded_at)
      select customer_id, key, value, as_of, ${source}, ${at} from latest
      on conflict (customer_id, key) do update
        set value = excluded.value, as_of = excluded.as_of, source = excluded.source, recorded_at = excluded.recorded_at
        where (excluded.as_of, excluded.recorded_at) >= (c.as_of, c.recorded_at)
    )
    insert into figure (id, customer_id, key, value, as_of, source, recorded_at)
    select id, customer_id, key, value, as_of, ${source}, ${at} from fresh`;
}
