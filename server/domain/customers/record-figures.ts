import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { PolicyDeclaration } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { rowsFor, visible } from '../../platform/access/scope.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { liesAhead } from '../../platform/values/days.ts';
import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { own } from '../../platform/values/own.ts';
import { ByNumber, numbered } from './by-number.ts';
import { countFreshFigures, insertFreshFigures } from './sql.ts';

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
  readonly code: 'UNKNOWN_CUSTOMER' | 'UNKNOWN_METRIC' | 'FUTURE_DATE' | 'REPEATED';
  readonly message: string;
}

/** How many figures were taken, and which were not. A type instead of an interface, because it is stored as JSON. */
type FigureReceipt = { accepted: number; rejected: { index: number; code: Rejection['code']; message: string }[] };

type Numbered = ByNumber<{ readonly id: string; readonly numberKey: string }>;

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
  follow: FollowFigures = async () => new WriteSet(),
): Promise<FigureReceipt> {
  return Act.begin(services, caller, 'recordMetrics').once('recordMetrics', idempotencyKey, input, (act) =>
    record(act, input, follow),
  );
}

/** What follows from figures, which another slice knows; asked outside of any transaction. */
type FollowFigures = (act: Act, policy: InstalledPolicy, rows: readonly FigureRow[]) => Promise<WriteSet>;

async function record(act: Act, input: FigureDelivery, follow: FollowFigures): Promise<FigureReceipt> {
  const policy = businessLine(act.services.policies.get(input.policyId), input.policyId);
  const { declaration } = policy;
  const issues = checkDelivery(input);
  if (issues.length > 0) throw new InvalidInput(issues);
  const customers = await customersByNumber(act, declaration.id, input);
  const { accepted, rejected } = sortFigures(input, declaration, customers, act.now);
  const { id } = declaration;
  const receipt = { accepted: accepted.length, rejected: rejected.map((one) => ({ ...one })) };
  await act.commit({
    answer: receipt,
    writes: await follow(act, policy, accepted),
    alerts: true,
    audit: act.audit(
      'RECORD_METRICS',
      { type: 'Policy', id, policyId: id, branchId: act.actor.branchId },
      { changes: [{ field: 'figures', before: null, after: String(accepted.length) }] },
    ),
    async change(tx) {
      await storeFigures(tx, accepted, input.source, act.now);
    },
  });
  return receipt;
}

function checkDelivery({ metrics, source }: FigureDelivery): Issue[] {
  const issues: Issue[] = [];
  if (metrics.length > MAX_FIGURES)
    issues.push({ path: 'input.metrics', message: `has more than ${MAX_FIGURES} entries` });
  if (source.trim() === '') issues.push({ path: 'input.source', message: 'is empty' });
  return issues;
}

/** The named customers for whom the actor may record figures. */
async function customersByNumber(act: Act, policyId: string, { metrics }: FigureDelivery): Promise<Numbered> {
  const numbers = metrics.map(({ customerNumber }) => customerNumber);
  const customers = await act.prisma.customer.findMany({
    where: {
      AND: [numbered(policyId, numbers), { erasedAt: null }, visible(rowsFor(act.actor, 'metrics:write'))],
    },
    select: { id: true, numberKey: true },
  });
  return new ByNumber(customers);
}

/** Which figures are taken, and which are rejected, and why. */
function sortFigures(
  { metrics }: FigureDelivery,
  declaration: PolicyDeclaration,
  customers: Numbered,
  now: Date,
): { readonly accepted: readonly FigureRow[]; readonly rejected: readonly Rejection[] } {
  const rejected: Rejection[] = [];
  const accepted: FigureRow[] = [];
  // Which of two would be right, nobody can say; a correction is delivered by itself.
  const seen = new Set<string>();
  for (const [index, { customerNumber, key, value, asOf }] of metrics.entries()) {
    const customerId = customers.get(customerNumber)?.id;
    const reject = (code: Rejection['code'], message: string) => rejected.push({ index, code, message });
    if (!own(declaration.metrics, key)) reject('UNKNOWN_METRIC', `${key} is no metric of ${declaration.id}.`);
    else if (!customerId) reject('UNKNOWN_CUSTOMER', `There is no customer ${customerNumber}.`);
    else if (liesAhead(asOf, now, zoneOf(declaration))) reject('FUTURE_DATE', 'asOf lies in the future.');
    else if (seen.has(`${customerId} ${key} ${asOf.getTime()}`))
      reject('REPEATED', 'A figure of this customer, metric and day stands above.');
    else {
      seen.add(`${customerId} ${key} ${asOf.getTime()}`);
      accepted.push({ customerId, key, value, asOf });
    }
  }
  return { accepted, rejected };
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
  return figures.length === 0 ? 0 : insertFreshFigures(tx, recordsOf(figures), source, at);
}

/** How many `storeFigures` would store. */
export async function countFresh(
  prisma: Pick<Prisma.TransactionClient, '$queryRaw'>,
  figures: readonly FigureRow[],
): Promise<number> {
  return figures.length === 0 ? 0 : countFreshFigures(prisma, recordsOf(figures));
}

function recordsOf(figures: readonly FigureRow[]): object[] {
  // Of two figures of one day in one delivery the later one is the correction.
  const unique = new Map(
    figures.map((figure) => [`${figure.customerId} ${figure.key} ${figure.asOf.getTime()}`, figure]),
  );
  return [...unique.values()].map(({ customerId, key, value, asOf }) => ({
    id: newId(),
    customer_id: customerId,
    key,
    value,
    as_of: asOf.toISOString().slice(0, 10),
  }));
}
