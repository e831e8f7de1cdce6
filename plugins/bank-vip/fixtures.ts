import type { CustomerFacts, TicketFacts } from '../../server/engine/policy/contract.ts';
import { parameters as declared, type Parameters } from './parameters.ts';

/** What the tests of this policy begin with. */

export const now = '2026-03-02T02:00:00.000Z';

/** The parameters as they are where nobody set any: blank ones are absent. */
export const parameters = Object.fromEntries(
  Object.entries(declared).flatMap(([key, one]) => ('default' in one ? [[key, one.schema.parse(one.default)]] : [])),
) as Parameters;

export const person: CustomerFacts = {
  kind: 'INDIVIDUAL',
  stage: 'FORMAL',
  grade: null,
  consent: { vipService: true, marketing: null },
  profile: {},
};

export const ticket: TicketFacts = {
  type: 'COMPLAINT',
  level: 1,
  case: null,
  channel: 'PHONE',
  openedAt: now,
  appointmentAt: null,
};
