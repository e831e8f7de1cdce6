import type { CustomerFacts, Facts, GradeFact, GuardFacts, Question, ReactFacts } from '../../policy/facts.ts';

/** Monday, 2026-03-02, ten in the morning in China. */
export const NOW = '2026-03-02T02:00:00.000Z';
export const TODAY = '2026-03-02';

export const CUSTOMER: CustomerFacts = {
  kind: 'INDIVIDUAL',
  stage: 'FORMAL',
  grade: null,
  consent: { vipService: null, marketing: null },
  profile: {},
};

export const GRADE: GradeFact = { scheme: '', tier: '', rank: 1, since: NOW, state: 'ACTIVE', misses: 0 };

export const TICKET: NonNullable<GuardFacts['ticket']> = {
  type: 'COMPLAINT',
  level: 1,
  case: null,
  channel: 'PHONE',
  openedAt: NOW,
  appointmentAt: null,
  status: 'NEW',
  calledBack: false,
  assigned: true,
};

const { calledBack: _calledBack, assigned: _assigned, ...REACT_TICKET } = TICKET;
const { status: _status, ...PROMISE_TICKET } = REACT_TICKET;

/** A ticket as the question's facts have it. */
export const TICKETS = { promise: PROMISE_TICKET, guard: TICKET, react: REACT_TICKET } as const;

/** Facts in which nothing is remarkable; an example says what is. */
export const BASE: { readonly [Q in Question]: Facts[Q] } = {
  grade: {
    now: NOW,
    today: TODAY,
    scheme: '',
    customer: CUSTOMER,
    metrics: {},
    judgements: [],
    history: [],
    listed: null,
  },
  promise: { now: NOW, cause: 'OPENED', ticket: PROMISE_TICKET, customer: CUSTOMER },
  guard: {
    now: NOW,
    action: 'OPEN_TICKET',
    viewer: { roles: ['CUSTOMER_MANAGER'] },
    customer: CUSTOMER,
    ticket: null,
    records: [],
    input: {},
  },
  react: { now: NOW, event: { kind: 'OPENED' }, customer: CUSTOMER, ticket: null } satisfies ReactFacts,
  route: {
    now: NOW,
    kind: 'PLAN',
    amount: null,
    cumulated: null,
    currency: null,
    requester: { roles: ['CUSTOMER_MANAGER'], atHeadOffice: false },
    customer: CUSTOMER,
    request: {},
    limits: [],
  },
  care: {
    today: TODAY,
    customer: CUSTOMER,
    grades: [],
    birthday: null,
    important: false,
    contacts: [],
    messages: [],
    holidays: [],
    holidaysBefore: [],
    holidaySeasonFrom: '2026-02-24',
    updatedOn: '2026-12-31',
  },
  measure: { period: { from: '2026-03-01', to: '2026-03-31' }, figures: {}, before: {} },
};
