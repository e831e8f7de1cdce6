import type { Cells } from './cells.ts';
import type { Random } from './random.ts';
import { CAUSES, COMPLAINTS, INQUIRIES, SOLUTIONS } from './words.ts';

/** Midnight in Shanghai before the export: what is history happened before it, so that it can be moved by whole days. */
const MIDNIGHT = Date.parse('2026-11-01T00:00:00+08:00');
/** The instant of the export, by which live tickets are moved. */
const ANCHOR = Date.parse('2026-11-01T10:00:00+08:00');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Local date and time, as exports have them. */
function local(at: number): string {
  return new Date(at + 8 * HOUR).toISOString().slice(0, 19).replace('T', ' ');
}

interface History {
  readonly openedAt: string;
  readonly acknowledgedAt: string;
  readonly resolvedAt: string;
  readonly calledBackAt: string;
  readonly closedAt: string;
}

/** A history that began so many days before the export; the last ones are still open. */
function history(
  random: Random,
  { daysAgo, isOpen, hours }: { daysAgo: number; isOpen: boolean; hours: number },
): History {
  const opened = MIDNIGHT - daysAgo * DAY + random.between(8 * 60, 20 * 60) * MINUTE;
  const steps = [0.1 + random.next() * 0.3, 0.35 + random.next() * 0.85].map(
    (share) => opened + Math.round(share * hours * 60) * MINUTE,
  );
  const [acknowledged = opened, resolved = opened] = steps;
  const calledBack = resolved + random.between(20, 200) * MINUTE;
  const happened = (at: number, isDone: boolean) => (isDone && at < MIDNIGHT ? local(at) : '');
  const isResolved = !isOpen && calledBack + HOUR < MIDNIGHT;
  return {
    openedAt: local(opened),
    acknowledgedAt: happened(acknowledged, isResolved || random.chance(0.6)),
    resolvedAt: happened(resolved, isResolved),
    calledBackAt: happened(calledBack, isResolved),
    closedAt: happened(calledBack + random.between(5, 50) * MINUTE, isResolved),
  };
}

/** Of the tickets of a line, the first three quarters are closed; the others were opened within the last days. */
function histories(random: Random, count: number, hours: number): History[] {
  return Array.from({ length: count }, (_, index) => {
    const isOpen = index >= count * 0.75;
    return history(random, { daysAgo: isOpen ? random.between(1, 3) : random.between(3, 200), isOpen, hours });
  });
}

const pair = (random: Random, [en, zh]: readonly [string, string]) => (random.chance(0.5) ? zh : en);

export function bankTickets(random: Random, customers: readonly Cells[]): Cells[] {
  return histories(random, 48, 60).map((times, index) => {
    const type = random.pick(['COMPLAINT', 'COMPLAINT', 'INQUIRY', 'OPINION', 'SERVICE_APPLICATION']);
    return {
      externalNumber: `BK-T-${String(index + 1).padStart(4, '0')}`,
      customerNumber: random.pick(customers).number ?? '',
      type,
      subject: pair(random, random.pick(type === 'COMPLAINT' ? COMPLAINTS.bank : INQUIRIES)),
      channel: random.pick(['PHONE', 'EMAIL', 'VISIT', 'HALL', 'LETTER']),
      ...times,
      resolution: times.resolvedAt && pair(random, random.pick(SOLUTIONS)),
      rootCause: times.resolvedAt && type === 'COMPLAINT' ? random.pick(CAUSES) : '',
    };
  });
}

export function telecomTickets(random: Random, customers: readonly Cells[]): Cells[] {
  return histories(random, 40, 30).map(({ openedAt, acknowledgedAt, resolvedAt, calledBackAt, closedAt }, index) => {
    const type = random.pick(['COMPLAINT', 'WORK_ORDER', 'INQUIRY', 'SERVICE_REQUEST']);
    const isComplaint = type === 'COMPLAINT' || type === 'WORK_ORDER';
    return {
      工单编号: `TL-T-${String(index + 1).padStart(4, '0')}`,
      客户编号: random.pick(customers).客户编号 ?? '',
      工单类型: type,
      主题: random.pick(isComplaint ? COMPLAINTS.telecom : INQUIRIES)[1],
      受理渠道: type === 'WORK_ORDER' ? '热线' : random.pick(['营业厅', '电话', '微信']),
      受理时间: openedAt,
      响应时间: acknowledgedAt,
      解决时间: resolvedAt,
      回访时间: calledBackAt,
      关闭时间: closedAt,
      处理结果: resolvedAt && random.pick(SOLUTIONS)[1],
      原因: resolvedAt && isComplaint ? random.pick(CAUSES) : '',
    };
  });
}

export function broadbandTickets(random: Random, customers: readonly Cells[]): Cells[] {
  return histories(random, 48, 6).map((times, index) => {
    const type = random.pick(['COMPLAINT', 'COMPLAINT', 'COMPLAINT', 'PROVISIONING', 'FAULT', 'INQUIRY']);
    const isProvisioning = type === 'PROVISIONING';
    const appointment = Date.parse(`${times.openedAt.replace(' ', 'T')}+08:00`) + 20 * HOUR;
    return {
      externalNumber: `BB-T-${String(index + 1).padStart(4, '0')}`,
      customerNumber: random.pick(customers).number ?? '',
      type,
      level: type === 'COMPLAINT' ? random.pick([1, 1, 1, 2, 2, 3]) : '',
      case: isProvisioning ? random.pick(['TWO_WAY_COMMUNITY', 'NOT_TWO_WAY_COMMUNITY', 'OFF_NETWORK']) : '',
      subject: isProvisioning
        ? pair(random, ['Set up the line at a new office', '新办公室开通专线'])
        : pair(random, random.pick(type === 'INQUIRY' ? INQUIRIES : COMPLAINTS.broadband)),
      channel: random.pick(['PHONE', 'HOTLINE', 'WECHAT', 'HALL']),
      appointmentAt: isProvisioning ? local(appointment) : '',
      ...times,
      resolution: times.resolvedAt && pair(random, random.pick(SOLUTIONS)),
      rootCause: times.resolvedAt && type === 'COMPLAINT' ? random.pick(CAUSES) : '',
    };
  });
}

/**
 * Open tickets whose clocks do something soon after the export: `fires` says which share of the target is reached then,
 * in how many minutes.
 */
const LIVE = [
  // A level-1 complaint has 5 h and is at risk after 4 h.
  { line: 'broadband', level: 1, reaches: 4 * 60, inMinutes: [1.5, 2.5, 4, 6, 9, 14, 25] },
  { line: 'broadband', level: 1, reaches: 5 * 60, inMinutes: [2, 3.5, 5, 8, 12, 20] },
  // Level 2 has 8 h and is at risk after 6 h 24 min, level 3 has 12 h and is at risk after 7 h 12 min.
  { line: 'broadband', level: 2, reaches: 6 * 60 + 24, inMinutes: [3, 7, 16] },
  { line: 'broadband', level: 3, reaches: 7 * 60 + 12, inMinutes: [5, 11] },
  // A telecom complaint is answered within 24 h, at risk after 19 h 12 min.
  { line: 'telecom', level: 1, reaches: 19 * 60 + 12, inMinutes: [2, 6, 15] },
  { line: 'telecom', level: 1, reaches: 24 * 60, inMinutes: [4, 10] },
  // A bank complaint: first response within 24 h, at risk after 19 h 12 min.
  { line: 'bank', level: 1, reaches: 19 * 60 + 12, inMinutes: [1.5, 5, 13] },
  { line: 'bank', level: 1, reaches: 24 * 60, inMinutes: [3, 9] },
] as const;

const POLICIES = { bank: 'bank-vip', telecom: 'telecom-vip', broadband: 'broadband-key-account' } as const;

export function liveTickets(customers: Readonly<Record<keyof typeof POLICIES, readonly Cells[]>>): Cells[] {
  const rows = LIVE.flatMap(({ line, level, reaches, inMinutes }) =>
    inMinutes.map((minutes) => ({ line, level, openedBefore: reaches - minutes })),
  );
  return rows.map(({ line, level, openedBefore }, index) => {
    // Of outlet A, whose people get the demo's tokens.
    const customer = customers[line].filter((one) => (one.branchCode ?? one.网点编号)?.toString().endsWith('-A'))[
      index
    ];
    const subject = COMPLAINTS[line][index % 4]?.[index % 2] ?? '';
    return {
      policyId: POLICIES[line],
      externalNumber: `LIVE-${String(index + 1).padStart(3, '0')}`,
      customerNumber: customer?.number ?? customer?.客户编号 ?? '',
      type: 'COMPLAINT',
      level,
      subject,
      channel: 'PHONE',
      openedAt: new Date(ANCHOR - openedBefore * MINUTE).toISOString(),
    };
  });
}
