import {
  ACTIONS,
  type Action,
  CHANNELS,
  CLOCK_METRICS,
  CUSTOMER_KINDS,
  EVENTS,
  type EventKind,
  FIGURES,
  PROMISE_CAUSES,
  PURPOSES,
  ROLES,
  TICKET_STATUSES,
} from '../../../platform/values/enums.ts';
import type {
  CareFacts,
  GuardFacts,
  MeasureFacts,
  PromiseFacts,
  ReactFacts,
  RouteFacts,
  TicketFacts,
} from '../../policy/facts.ts';
import type { Random } from '../random.ts';
import type { Subject } from '../subject.ts';
import { inputsOf, requestsOf } from './actions.ts';
import { BASE, NOW, TICKET, TICKETS } from './base.ts';
import { anyCustomer, gradesOf } from './customers.ts';
import { around } from './grade.ts';
import { DAYS, profileOf } from './profile-values.ts';
import { anyEarlier, anyRecord, recordFields } from './record-values.ts';

/** How many facts are made of each action, event, request and period; chance chooses the rest of them. */
const EACH = 30;
const CARES = 250;

/** Every ticket type that is declared, and one that is not, each at its levels and in its cases. */
function ticketsOf({ policy }: Subject): Pick<TicketFacts, 'type' | 'level' | 'case'>[] {
  const declared = Object.entries(policy.ticketTypes ?? {}).flatMap(([type, { levels, cases = {} }]) =>
    Object.keys(levels ?? { 1: null }).flatMap((level) =>
      [null, ...Object.keys(cases)].map((one) => ({ type, level: Number(level), case: one })),
    ),
  );
  return [...declared, { type: 'OTHER', level: 1, case: null }];
}

/** Each ticket for each kind of customer and each grade: beside type, level and case the facts are the same. */
export function promiseFacts(subject: Subject, random: Random): PromiseFacts[] {
  const customers = [
    ...CUSTOMER_KINDS.map((kind) => anyCustomer(subject, random, { kind, grade: null })),
    ...gradesOf(subject.policy).map((grade) => anyCustomer(subject, random, { grade })),
  ];
  return customers.flatMap((customer) => {
    const about = { cause: random.pick(PROMISE_CAUSES), channel: random.pick(CHANNELS), appointed: random.chance(50) };
    return ticketsOf(subject).map((ticket) => ({
      ...BASE.promise,
      cause: about.cause,
      ticket: {
        ...TICKETS.promise,
        ...ticket,
        channel: about.channel,
        appointmentAt: about.appointed ? '2026-03-04T01:00:00.000Z' : null,
      },
      customer,
    }));
  });
}

export function guardFacts(subject: Subject, random: Random): GuardFacts[] {
  const brings = inputsOf(subject.policy);
  return ACTIONS.flatMap((action) =>
    Array.from({ length: EACH }, (): GuardFacts => {
      const input = Object.entries<readonly unknown[]>(brings[action]).flatMap(([key, values]) =>
        values.length > 0 ? [[key, random.pick(values)] as const] : [],
      );
      const ticket = {
        ...TICKET,
        ...random.pick(ticketsOf(subject)),
        status: random.pick(TICKET_STATUSES),
        calledBack: random.chance(50),
        assigned: random.chance(50),
      };
      return {
        ...BASE.guard,
        action,
        viewer: { roles: [random.pick(ROLES)], ...heldPosts(subject, random) },
        customer: random.chance(90) ? anyCustomer(subject, random) : null,
        ticket: action.endsWith('_TICKET') ? ticket : null,
        ...heardRecords(subject, action, random),
        input: { ...Object.fromEntries(input), ...aboutWhat(subject, action, random) },
      } as GuardFacts;
    }),
  );
}

/** Now and then somebody holds a post. */
function heldPosts({ policy: { posts = {} } }: Subject, random: Random): { posts?: string[] } {
  const codes = Object.keys(posts);
  return codes.length > 0 && random.chance(50) ? { posts: [random.pick(codes)] } : {};
}

/** What an action hears of records, where kinds are heard by it. */
function heardRecords(subject: Subject, action: Action, random: Random): Pick<GuardFacts, 'records'> {
  const isHeard = Object.values(subject.policy.records ?? {}).some(({ heardBy }) => heardBy?.includes(action));
  return isHeard ? { records: Array.from({ length: random.int(3) }, () => anyEarlier(subject, random)) } : {};
}

/** The scheme, tier or duty that an action is about. */
function aboutWhat(subject: Subject, action: Action, random: Random): Record<string, unknown> {
  if (action === 'RECORD_DUTY') {
    const { duty, record } = anyDuty(subject, random);
    return { duty, record, period: { from: '2026-03-01', to: '2026-03-31' } };
  }
  if (action.endsWith('_RECORD')) {
    const { kind, fields, earlier, step, steps, brought, before, status } = anyRecord(subject, random);
    const about = { kind, fields, earlier };
    if (action === 'START_RECORD') return about;
    return action === 'ADVANCE_RECORD' ? { ...about, step, steps, brought, said: {} } : { ...about, before, status };
  }
  const { scheme, tier } = schemeAndTier(subject, random);
  if (action === 'ASSESS_CUSTOMER') return { scheme };
  return action === 'REQUEST_GRADE_EXCEPTION' || action === 'SUBMIT_ASSESSMENT' ? { scheme, tier } : {};
}

/** A declared duty with a record of it; of a text only whether there is one is told. */
function anyDuty(
  { policy: { duties = {} }, numbers }: Subject,
  random: Random,
): { duty: string; record: Record<string, unknown> } {
  const codes = Object.keys(duties);
  const duty = codes.length > 0 ? random.pick(codes) : 'OTHER';
  const record = Object.entries(profileOf(duties[duty]?.record, { without: [], numbers, random }));
  return {
    duty,
    record: Object.fromEntries(record.map(([field, value]) => [field, typeof value === 'string' ? true : value])),
  };
}

function schemeAndTier({ policy }: Subject, random: Random): Record<string, unknown> {
  const grade = random.pick(gradesOf(policy));
  return grade ? { scheme: grade.scheme, tier: grade.tier } : {};
}

export function reactFacts(subject: Subject, random: Random): ReactFacts[] {
  const { status, calledBack: _calledBack, assigned: _assigned, ...bare } = TICKET;
  return EVENTS.flatMap((kind) =>
    Array.from(
      { length: EACH },
      (): ReactFacts => ({
        ...BASE.react,
        event: {
          kind,
          ...(random.chance(40) && { satisfaction: 1 + random.int(5) }),
          ...(random.chance(30) && { reachable: random.chance(50) }),
          ...(random.chance(30) && { openQuestion: random.chance(50) }),
          ...detailOf(subject, kind, random),
        },
        customer: random.chance(90) ? anyCustomer(subject, random) : null,
        ticket: random.chance(90)
          ? {
              ...bare,
              ...random.pick(ticketsOf(subject)),
              channel: random.pick(CHANNELS),
              status,
              appointmentAt: random.chance(50) ? '2026-03-04T17:00:00.000Z' : null,
            }
          : null,
      }),
    ),
  );
}

/** What an event says of itself beside its kind. */
function detailOf(subject: Subject, kind: EventKind, random: Random): Record<string, unknown> {
  switch (kind) {
    case 'GRADE_GIVEN':
      return schemeAndTier(subject, random);
    case 'AT_RISK':
    case 'BREACHED':
      return { metric: random.pick(CLOCK_METRICS), cycle: 1 + random.int(2), level: 1 + random.int(3) };
    case 'INTERACTION':
      return { channel: random.pick(CHANNELS), purpose: random.pick(PURPOSES) };
    case 'DUTY_RECORDED': {
      const { duty, record } = anyDuty(subject, random);
      return { duty, ...record };
    }
    case 'METRIC_RECORDED':
      return anyFigure(subject, random);
    case 'RECORD_STARTED':
    case 'RECORD_ADVANCED':
    case 'RECORD_CHANGED':
    case 'RECORD_ENDED': {
      const { kind: record, fields, step, brought, status } = anyRecord(subject, random);
      return { record, fields, step, brought, status, state: random.pick(['CLOSED', 'CANCELLED']) };
    }
    default:
      return {};
  }
}

/** A figure that came, and those of the metric before it, the latest first. */
function anyFigure({ policy, numbers }: Subject, random: Random): Record<string, unknown> {
  const metrics = Object.keys(policy.metrics ?? {});
  const values = around(numbers);
  const before = Array.from({ length: random.int(6) }, () => random.pick(values));
  return { metric: metrics.length > 0 ? random.pick(metrics) : 'OTHER', value: random.pick(values), before };
}

export function routeFacts(subject: Subject, random: Random): RouteFacts[] {
  const amounts = around(subject.numbers).filter((amount) => !amount.startsWith('-'));
  return requestsOf(subject.policy).flatMap((kind) =>
    Array.from(
      { length: EACH },
      (): RouteFacts => ({
        ...BASE.route,
        kind,
        amount: random.chance(80) ? random.pick(amounts) : null,
        cumulated: random.chance(80) ? random.pick(amounts) : null,
        currency: random.pick(['CNY', 'EUR', null]),
        requester: { roles: [random.pick(ROLES), random.pick(ROLES)], atHeadOffice: random.chance(50) },
        customer: random.chance(90) ? anyCustomer(subject, random) : null,
        request: {
          ...schemeAndTier(subject, random),
          ...recordFields(subject, subject.policy.records?.[kind], random),
        },
        limits: random.chance(30)
          ? [{ role: random.pick(ROLES), upTo: random.chance(80) ? random.pick(amounts) : null }]
          : [],
      }),
    ),
  );
}

/** Records of our own are no contact. */
const MET_BY = CHANNELS.filter((channel) => channel !== 'INTERNAL');

export function careFacts(subject: Subject, random: Random): CareFacts[] {
  const day = () => {
    const shift = random.int(400) * 86_400_000;
    return new Date(Date.parse(NOW) + shift).toISOString().slice(0, 10);
  };
  return Array.from({ length: CARES }, (): CareFacts => {
    const today = random.chance(50) ? random.pick(DAYS) : day();
    const customer = anyCustomer(subject, random);
    const near = () => new Date(Date.parse(today) + (random.int(20) - 10) * 86_400_000).toISOString().slice(0, 10);
    return {
      ...BASE.care,
      today,
      customer,
      grades: customer.grade ? [customer.grade] : [],
      createdOn: random.chance(50) ? near() : '2024-06-01',
      updatedOn: random.chance(50) ? near() : '2024-06-01',
      birthday: random.chance(50) ? `1980${near().slice(4)}` : random.pick([null, '1980-02-29']),
      important: random.chance(50),
      contacts: Array.from({ length: random.int(3) }, () => ({
        on: near(),
        channel: random.pick(MET_BY),
        purpose: random.pick(PURPOSES),
      })),
      messages: Array.from({ length: random.int(3) }, () => ({
        on: near(),
        channel: 'SMS',
        purpose: random.pick(PURPOSES),
      })),
      holidays: Array.from({ length: random.int(3) }, () => ({ on: near(), name: '国庆节' })),
      holidaysBefore: Array.from({ length: random.int(2) }, () => ({ on: near(), name: '中秋' })),
      holidaySeasonFrom: near(),
    };
  });
}

export function measureFacts(subject: Subject, random: Random): MeasureFacts[] {
  const values = around(subject.numbers).filter((value) => Number(value) >= 0 && Number(value) <= 100);
  const figures = () =>
    Object.fromEntries(FIGURES.flatMap((key) => (random.chance(75) ? [[key, random.pick(values)]] : [])));
  return Array.from({ length: EACH }, () => ({ ...BASE.measure, figures: figures(), before: figures() }));
}
