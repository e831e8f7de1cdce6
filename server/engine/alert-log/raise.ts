import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Role } from '../../platform/values/enums.ts';
import { newId } from '../../platform/values/ids.ts';
import type { Text } from '../../platform/values/text.ts';
import type { AsRaised } from './row.ts';

type AlertRow = Prisma.AlertUncheckedCreateInput;

/** The customer whom an alert is about, as far as an alert needs it. */
export interface AlertCustomer {
  readonly id: string;
  readonly policyId: string;
  readonly branchId: string;
  readonly managerId: string | null;
  readonly tierRank: number | null;
}

/** Why the alert is raised; `key` makes it once for all, whatever is run again. */
export interface AlertFacts {
  readonly key: string;
  readonly kind: AlertRow['kind'];
  readonly severity: AlertRow['severity'];
  readonly message: Text;
  readonly audience: readonly Role[];
  readonly at: Date;
  readonly ticketId?: string | null;
  readonly clockId?: string | null;
  readonly taskId?: string | null;
  readonly approvalId?: string | null;
  readonly assigneeId?: string | null;
  readonly asRaised?: AsRaised;
}

/** An alert about a customer, to be written in the transaction that decides it. */
export function alertAbout(
  customer: Omit<AlertCustomer, 'id'> & { readonly id: string | null },
  { key, at, message, audience, asRaised, ...facts }: AlertFacts,
): AlertRow {
  return {
    id: newId(),
    dedupeKey: key,
    raisedAt: at,
    message: { ...message },
    audience: [...audience],
    policyId: customer.policyId,
    branchId: customer.branchId,
    customerId: customer.id,
    tierRank: customer.tierRank,
    assigneeId: customer.managerId,
    ...facts,
    ...(asRaised && { asRaised: { ...asRaised } }),
  };
}

/** A customer's tier changed, was given or ended. */
export function gradeChangedAlert(
  customer: AlertCustomer,
  change: { readonly from: string | null; readonly to: string | null; readonly key: string },
  at: Date,
): AlertRow {
  const [from, to] = [change.from ?? '–', change.to ?? '–'];
  return alertAbout(customer, {
    key: `grade:${change.key}`,
    kind: 'GRADE_CHANGED',
    severity: 'INFO',
    message: { en: `Tier changed from ${from} to ${to}.`, zh: `等级由 ${from} 变为 ${to}。` },
    audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
    at,
  });
}

/** Somebody has to decide. */
export function approvalWaitingAlert(
  subject: { readonly policyId: string; readonly branchId: string; readonly customer: AlertCustomer | null },
  approval: { readonly id: string; readonly kind: string; readonly step: number; readonly role: Role },
  at: Date,
): AlertRow {
  return {
    id: newId(),
    dedupeKey: `approval:${approval.id}:${approval.step}`,
    kind: 'APPROVAL_WAITING',
    severity: 'INFO',
    raisedAt: at,
    message: { en: `${approval.kind} awaits a decision.`, zh: `${approval.kind} 等待审批。` },
    audience: [approval.role],
    policyId: subject.policyId,
    branchId: subject.branchId,
    customerId: subject.customer?.id ?? null,
    tierRank: subject.customer?.tierRank ?? null,
    approvalId: approval.id,
  };
}

/** A policy could not say what follows from an event; one alert for what it lacks, or for a plugin and a day. */
export function unsaidReactionAlert(
  policyId: string,
  branchId: string,
  lack: { readonly parameters: readonly string[] } | { readonly detail: string },
  at: Date,
): AlertRow {
  const isBlank = 'parameters' in lack;
  const key = isBlank ? `blank:${[...lack.parameters].sort().join(',')}` : `broken:${at.toISOString().slice(0, 10)}`;
  const why = isBlank
    ? { en: `no value is set for ${lack.parameters.join(', ')}`, zh: `参数 ${lack.parameters.join('、')} 未设置` }
    : { en: lack.detail, zh: lack.detail };
  return {
    id: newId(),
    dedupeKey: `policy:${policyId}:react:${key}`,
    kind: 'POLICY_FAILED',
    severity: 'WARNING',
    raisedAt: at,
    message: {
      en: `The policy ${policyId} cannot say what follows from events (${why.en}); it is made up for as soon as it can.`,
      zh: `策略 ${policyId} 无法给出事件的后续处理（${why.zh}），恢复后自动补做。`,
    },
    audience: ['ADMIN', 'SUPERVISOR'],
    policyId,
    branchId,
  };
}

/** A policy plugin broke; one alert per plugin and spell of trouble. */
export function policyFailedAlert(policyId: string, branchId: string, detail: string, key: string, at: Date): AlertRow {
  return {
    id: newId(),
    dedupeKey: `policy:${policyId}:${key}`,
    kind: 'POLICY_FAILED',
    severity: 'CRITICAL',
    raisedAt: at,
    message: {
      en: `The policy ${policyId} is out of order (${detail}); the standard policy answers in its place.`,
      zh: `策略 ${policyId} 发生故障（${detail}），由标准策略代为应答。`,
    },
    audience: ['ADMIN', 'SUPERVISOR'],
    policyId,
    branchId,
  };
}

/** A policy is not asked any more for a while; one alert for each question and hour. */
export function policyBlockedAlert(
  policyId: string,
  branchId: string,
  { part, detail }: { readonly part: string; readonly detail: string },
  at: Date,
): AlertRow {
  return {
    id: newId(),
    dedupeKey: `policy:${policyId}:blocked:${part}:${at.toISOString().slice(0, 13)}`,
    kind: 'POLICY_FAILED',
    severity: 'CRITICAL',
    raisedAt: at,
    message: {
      en: `The policy ${policyId} failed repeatedly at ${part} (${detail}) and is not asked that; it is tried again every half minute.`,
      zh: `策略 ${policyId} 的 ${part} 连续失败（${detail}），已暂停询问，每半分钟重试一次。`,
    },
    audience: ['ADMIN', 'SUPERVISOR'],
    policyId,
    branchId,
  };
}
