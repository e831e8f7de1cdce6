import { fileURLToPath } from 'node:url';
import { type Person, startTestApp, type TestAppOptions } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

export const LADDER = fileURLToPath(new URL('./plugins/ladder.ts', import.meta.url));

/** A platform whose core systems run the line `ladder`, with a customer of branch CO-A. */
export async function startLadder(now: string, options: Partial<TestAppOptions> = {}) {
  // A Bookmark of a slow machine would stand between two events of a chain that a test reads.
  const settings = { bookmarkEveryMs: 600_000 };
  const app = await startTestApp({ now, plugins: [LADDER], settings, ...options });
  await app.app.services.database.prisma.branch.updateMany({
    where: { code: { startsWith: 'CO-' } },
    data: { policyIds: { push: 'ladder' } },
  });
  app.app.services.actors.forgetOrganisation();
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'ladder', branchCode: 'CO-A' });
  const opens = () => givenTicket(manager, { customerId: customer.id, type: 'TASK' });
  return {
    app,
    manager,
    opens,
    alertOf: (ticketId: string) => alertOf(app.as('CO-A/DIRECTOR'), { ticketId, kinds: ['SLA_BREACHED'] }),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

const ALERT = `query ($filter: AlertFilter) { alerts(first: 1, filter: $filter) { nodes {
  id kind raisedAt endedAt climbsAt audience assignee { id name } snooze { by { id } until reason }
  acknowledgement { by { id } }
  climbs { rung to staff { id } nobodyThere dueAt toldAt lateBySeconds }
} } }`;

/** The newest alert that a filter finds. */
export async function alertOf(person: Person, filter: object) {
  const { data, errors } = await person.ask(ALERT, { filter });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.alerts.nodes[0];
}
