import type { Person } from './app.ts';

let serial = 0;

/** Opens a customer's file with what a test does not care about filled in. */
export async function givenCustomer(
  person: Person,
  input: { policyId: string; branchCode: string } & Record<string, unknown>,
) {
  serial += 1;
  const customer = await person.does('CreateCustomer', {
    input: { number: `N-${serial}`, kind: 'INDIVIDUAL', name: '王芳', consent: { vipService: true }, ...input },
  });
  if (customer.__typename !== 'Customer') throw new Error(JSON.stringify(customer));
  return customer as { id: string; number: string; version: number };
}

/** Opens a complaint of a customer with what a test does not care about filled in. */
export async function givenTicket(person: Person, input: { customerId: string } & Record<string, unknown>) {
  const ticket = await person.does('OpenTicket', {
    input: { type: 'COMPLAINT', subject: 'No signal', channel: 'PHONE', ...input },
  });
  if (ticket.__typename !== 'Ticket') throw new Error(JSON.stringify(ticket));
  return ticket;
}
