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
import { BASE, NOW, TICKET, TICKETS } from './base.ts';
import { anyCustomer, gradesOf } from './customers.ts';
import { around } from './grade.ts';
import { DAYS } from './profile-values.ts';
import {
  ACTIONS,
  CAUSES,
  CHANNELS,
  EVENTS,
  FIGURES,
  KINDS,
  PURPOSES,
  REQUESTS,
  ROLES,
  STATUSES,
} from './vocabulary.ts';

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
    ...KINDS.map((kind) => anyCustomer(subject, random, { kind, grade: null })),
    ...gradesOf(subject.policy).map((grade) => anyCustomer(subject, random, { grade })),
  ];
  return customers.flatMap((customer) => {
    const about = { cause: random.pick(CAUSES), channel: random.pick(CHANNELS), appointed: random.chance(50) };
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
  return Object.entries(ACTIONS).flatMap(([action, brings]) =>
    Array.from({ length: EACH }, (): GuardFacts => {
      const input = Object.entries(brings).map(([key, values]) => [key, random.pick(values)] as const);
      const ticket = {
        ...TICKET,
        ...random.pick(ticketsOf(subject)),
        status: random.pick(STATUSES),
        calledBack: random.chance(50),
        assigned: random.chance(50),
      };
      return {
        ...BASE.guard,
        action: action as GuardFacts['action'],
        viewer: { roles: [random.pick(ROLES)] },
        customer: random.chance(90) ? anyCustomer(subject, random) : null,
        ticket: action.endsWith('_TICKET') ? ticket : null,
        input: { ...Object.fromEntries(input), ...(SCHEMED.includes(action) && schemeAndTier(subject, random)) },
      };
    }),
  );
}

const SCHEMED: readonly string[] = ['ASSESS_CUSTOMER', 'REQUEST_GRADE_EXCEPTION'];

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
          ...(kind === 'GRADE_GIVEN' && schemeAndTier(subject, random)),
          ...(kind === 'BREACHED' && { metric: 'RESOLUTION' as const, cycle: 1 + random.int(2) }),
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

export function routeFacts(subject: Subject, random: Random): RouteFacts[] {
  const amounts = around(subject.numbers).filter((amount) => !amount.startsWith('-'));
  return REQUESTS.flatMap((kind) =>
    Array.from(
      { length: EACH },
      (): RouteFacts => ({
        ...BASE.route,
        kind,
        amount: random.chance(80) ? random.pick(amounts) : null,
        cumulated: random.chance(80) ? random.pick(amounts) : null,
        requester: { roles: [random.pick(ROLES), random.pick(ROLES)], atHeadOffice: random.chance(50) },
        customer: random.chance(90) ? anyCustomer(subject, random) : null,
        request: schemeAndTier(subject, random),
        limits: random.chance(30)
          ? [{ role: random.pick(ROLES), upTo: random.chance(80) ? random.pick(amounts) : null }]
          : [],
      }),
    ),
  );
}

export function careFacts(subject: Subject, random: Random): CareFacts[] {
  const day = () => {
    const shift = random.int(400) * 86_400_000;
    return new Date(Date.parse(NOW) + shift).toISOString().slice(0, 10);
  };
  return Array.from({ length: CARES }, (): CareFacts => {
    const today = random.chance(50) ? random.pick(DAYS) : day();
    const near = () => new Date(Date.parse(today) + (random.int(20) - 10) * 86_400_000).toISOString().slice(0, 10);
    return {
      ...BASE.care,
      today,
      customer: anyCustomer(subject, random),
      birthday: random.chance(50) ? `1980${near().slice(4)}` : random.pick([null, '1980-02-29']),
      important: random.chance(50),
      contacts: Array.from({ length: random.int(3) }, () => ({
        on: near(),
        channel: random.pick(CHANNELS),
        purpose: random.pick(PURPOSES),
      })),
      messages: Array.from({ length: random.int(3) }, () => ({
        on: near(),
        channel: 'SMS',
        purpose: random.pick(PURPOSES),
      })),
      holidays: Array.from({ length: random.int(3) }, () => ({ on: near(), name: '国庆节' })),
    };
  });
}

export function measureFacts(subject: Subject, random: Random): MeasureFacts[] {
  const values = around(subject.numbers).filter((value) => Number(value) >= 0 && Number(value) <= 100);
  const figures = () =>
    Object.fromEntries(FIGURES.flatMap((key) => (random.chance(75) ? [[key, random.pick(values)]] : [])));
  return Array.from({ length: EACH }, () => ({ ...BASE.measure, figures: figures(), before: figures() }));
}
