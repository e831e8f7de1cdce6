import {
  type ActionInputs,
  addDays,
  afterMinutes,
  type Because,
  dayEnd,
  dayOf,
  endOfDay,
  type GuardFacts,
  type GuardOffer,
  hours,
  minutes,
  type PromiseFacts,
  type PromiseOffer,
  periodOf,
  type ReactFacts,
  type ReactOffer,
  type Reason,
  refuse,
  sameDay,
  type Text,
  type TicketTypeDeclaration,
} from '../../server/engine/policy/contract.ts';
import { type Parameters, timeZone } from './accounts.ts';

/** Hours for answer and solution by level (S03-broadband-key-account). */
const COMPLAINT_HOURS: Readonly<Record<number, number>> = { 1: 5, 2: 8, 3: 12 };
/** Days after the appointment on which a community without two-way upgrade, or off the network, is provisioned. */
const NOT_TWO_WAY_DAYS = 3;
const OFF_NETWORK_DAYS = 5;

export const ticketTypes = {
  COMPLAINT: {
    label: { en: 'Complaint', zh: '投诉' },
    levels: {
      1: { en: "Within the key-account manager's authority", zh: '一级：大客户经理权限内' },
      2: { en: 'With other departments', zh: '二级：须其他部门配合' },
      3: { en: 'Major, several departments of the city company', zh: '三级：重大投诉，涉及市公司多个部门' },
    },
  },
  PROVISIONING: {
    label: { en: 'Provisioning', zh: '业务开通' },
    cases: {
      DEVICE_PRESENT: { en: 'Device present, programmes added', zh: '已有设备，加开节目' },
      TWO_WAY_COMMUNITY: { en: 'Community upgraded to two-way', zh: '小区已双向改造' },
      NOT_TWO_WAY_COMMUNITY: { en: 'Community not upgraded', zh: '小区未双向改造' },
      OFF_NETWORK: { en: 'Not on our network', zh: '网外用户' },
    },
  },
  INQUIRY: { label: { en: 'Inquiry', zh: '咨询' } },
  FAULT: { label: { en: 'Fault', zh: '故障报修' } },
  RENEWAL: { label: { en: 'Renewal', zh: '续费' } },
} as const satisfies Readonly<Record<string, TicketTypeDeclaration>>;

type Promised = Because<readonly PromiseOffer<'duty' | 'always'>[]>;

/** Complaints by level from receipt, provisioning by case from the appointment, at any hour of any day. */
export function promise({ ticket }: PromiseFacts, parameters: Parameters): Promised | undefined {
  if (ticket.type === 'COMPLAINT') return complaint(ticket.level, parameters);
  if (ticket.type === 'PROVISIONING') return provisioning(ticket.case, parameters);
  return undefined;
}

/** The answer requires the solution: one clock, met by it. Escalation keeps its start. */
function complaint(level: number, { warnAtPercent, level3WarnAtPercent }: Parameters): Promised | undefined {
  const limit = COMPLAINT_HOURS[level];
  if (limit === undefined) return undefined;
  // The graver the complaint, the longer its limit: level 3 is warned of earlier.
  const atRisk = [level === 3 ? level3WarnAtPercent : warnAtPercent];
  return {
    answer: [
      {
        metric: 'RESOLUTION',
        target: hours(limit),
        calendar: 'always',
        atRisk,
        audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
      },
    ],
    because: {
      en: `A level-${level} complaint is answered and solved within ${limit} hours.`,
      zh: `${level}级投诉须在 ${limit} 小时内答复并解决。`,
    },
  };
}

function provisioning(caseCode: string | null, { atOnceMinutes }: Parameters): Promised | undefined {
  const fulfilled = (offer: Omit<PromiseOffer<'duty' | 'always'>, 'metric'>, because: Text): Promised => ({
    answer: [{ metric: 'FULFILMENT', calendar: 'always', ...offer }],
    because,
  });
  switch (caseCode) {
    case 'DEVICE_PRESENT':
      return fulfilled(
        { target: minutes(atOnceMinutes) },
        { en: 'With the device present, programmes are added at once.', zh: '已有设备加开节目，即时开通、即时回复。' },
      );
    case 'TWO_WAY_COMMUNITY':
      return fulfilled(
        { target: sameDay(), from: 'APPOINTMENT' },
        { en: 'In a two-way community on the day of the appointment.', zh: '已双向改造小区，预约当日开通。' },
      );
    case 'NOT_TWO_WAY_COMMUNITY':
      return fulfilled(
        { target: endOfDay(NOT_TWO_WAY_DAYS), from: 'APPOINTMENT' },
        {
          en: `In a community not upgraded within ${NOT_TWO_WAY_DAYS} days of the appointment.`,
          zh: `未双向改造小区，预约后 ${NOT_TWO_WAY_DAYS} 日内开通。`,
        },
      );
    case 'OFF_NETWORK':
      return fulfilled(
        { target: endOfDay(OFF_NETWORK_DAYS), from: 'APPOINTMENT' },
        {
          en: `Off the network over a dedicated line, within ${OFF_NETWORK_DAYS} days of the appointment.`,
          zh: `网外用户拉专线，预约后 ${OFF_NETWORK_DAYS} 日内开通。`,
        },
      );
    default:
      return undefined;
  }
}

/** Cases in which an installer comes. */
const INSTALLED: readonly string[] = ['TWO_WAY_COMMUNITY', 'NOT_TWO_WAY_COMMUNITY', 'OFF_NETWORK'];

const NOT_SATISFIED: Reason = {
  code: 'NOT_SATISFIED',
  text: { en: 'A complaint is handled until the customer is satisfied.', zh: '投诉须处理至客户满意为止。' },
};
const NO_CAUSE: Reason = {
  code: 'NO_CAUSE',
  text: { en: 'A complaint is closed with its cause, which is analysed.', zh: '投诉须查明并记录原因后方可关闭。' },
};

/** What a complaint is closed with beside its callback: a customer who is satisfied, and the cause (S03-broadband-key-account). */
function complaintRefusals({ customerConfirmed, rootCause }: ActionInputs['CLOSE_TICKET']): Reason[] {
  return [...(customerConfirmed === true ? [] : [NOT_SATISFIED]), ...(rootCause === true ? [] : [NO_CAUSE])];
}

/** Complaints end with a callback, visits about a problem with a signature, installations with a record. */
export function guard({ action, ticket, input }: GuardFacts): Because<GuardOffer> | undefined {
  if (action === 'CLOSE_TICKET' && ticket?.type === 'COMPLAINT' && !ticket.calledBack) {
    return refuse('NO_CALLBACK', {
      en: 'A complaint is closed after the customer was called back.',
      zh: '投诉须回访客户后方可关闭。',
    });
  }
  if (action === 'CLOSE_TICKET' && ticket?.type === 'COMPLAINT') {
    const refusals = complaintRefusals(input);
    const [first] = refusals;
    if (first) return { answer: { refusals }, because: first.text };
  }
  // A service that nobody applied for is not activated; work on it is not begun while the leader has not signed.
  const isUnsigned = action === 'ACTIVATE_SERVICE' && input.application !== 'APPROVED';
  const isEarly = action === 'OPEN_TICKET' && ticket?.type === 'PROVISIONING' && input.application === 'OPEN';
  if (isUnsigned || isEarly) {
    return refuse('NO_APPLICATION', {
      en: "A service is activated after its application has the approving leader's signature.",
      zh: '业务申请须经审批领导签字后方可开通。',
    });
  }
  // Filing an installation is closing its ticket; where the device is there already nobody comes.
  const installs = ticket?.type === 'PROVISIONING' && INSTALLED.includes(String(ticket.case));
  if (action === 'CLOSE_TICKET' && installs) {
    const { result, customerReaction, installerAssessment } = (input.installation ?? {}) as Record<string, unknown>;
    if (result !== true || customerReaction !== true || installerAssessment !== true)
      return refuse('INSTALLATION_NOT_RECORDED', {
        en: 'An installation is filed with its result, the reaction of the customer and the assessment of the installer.',
        zh: '安装结果、客户反映及对安装人员的评价齐备后方可归档。',
      });
  }
  const visit = (action === 'RECORD_INTERACTION' || action === 'COMPLETE_TASK') && input.channel === 'VISIT';
  if (visit && input.aboutProblem === true && input.signedByCustomer !== true) {
    return refuse('NO_SIGNATURE', {
      en: "A visit about a concrete problem carries the customer's signature.",
      zh: '针对具体问题的走访须由客户签字确认。',
    });
  }
  return undefined;
}

/** Dedicated lines, other departments and callbacks become tasks. */
export function react(
  { event, ticket, now }: ReactFacts,
  { callbackHours, typicalProblemCallbacks }: Parameters,
): Because<ReactOffer> | undefined {
  if (event.kind === 'DUTY_RECORDED' && event.duty === 'WEEKLY_STATISTICS' && event.typicalProblem === true) {
    const title = { en: 'Random callback about the typical problem of the week', zh: '针对本周典型问题的随机回访' };
    const dueAt = dayEnd(periodOf('WEEK', dayOf(now, timeZone)).to, timeZone);
    const chosen = { key: 'typical-problem', method: 'RANDOM', count: typicalProblemCallbacks, title, dueAt } as const;
    return { answer: { selections: [chosen] }, because: title };
  }
  if (event.kind === 'OPENED' && ticket?.type === 'PROVISIONING' && ticket.case === 'OFF_NETWORK') {
    const due = dayEnd(addDays(dayOf(ticket.appointmentAt ?? ticket.openedAt, timeZone), OFF_NETWORK_DAYS), timeZone);
    return task('dedicated-line', due, { en: 'Lay the dedicated line', zh: '拉设专线' });
  }
  if (ticket?.type !== 'COMPLAINT') return undefined;
  const limit = COMPLAINT_HOURS[ticket.level];
  if (event.kind === 'ESCALATED' && limit !== undefined) {
    const title = {
      en: `Bring in the departments for the level-${ticket.level} complaint`,
      zh: `协调相关部门处理${ticket.level}级投诉`,
    };
    return task(`departments:${ticket.level}`, afterMinutes(ticket.openedAt, limit * 60), title);
  }
  if (event.kind !== 'RESOLVED') return undefined;
  const title = { en: 'Call the customer back; report the result', zh: '回访客户并上报结果' };
  const because = {
    en: 'The key-account manager handles, tracks and calls back.',
    zh: '大客户经理负责处理、跟踪和回访。',
  };
  const dueAt = afterMinutes(now, callbackHours * 60);
  return {
    answer: {
      tasks: [{ key: `callback:${now}`, title, origin: 'CALLBACK', purpose: 'FOLLOW_UP', channel: 'PHONE', dueAt }],
    },
    because,
  };
}

function task(key: string, dueAt: string, title: Text): Because<ReactOffer> {
  return {
    answer: { tasks: [{ key, title, origin: 'RESOLUTION', purpose: 'FOLLOW_UP', channel: 'INTERNAL', dueAt }] },
    because: title,
  };
}
