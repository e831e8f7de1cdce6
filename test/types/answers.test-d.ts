import type { Person } from '../support/app.ts';

/**
 * What must not compile when a test sends a document and reads its answer. `tsc` checks this file: an error that does not come is one itself.
 */

export async function byName(person: Person) {
  const ticket = await person.does('TicketDetail', { id: 'T' });
  const level: number = ticket.level;
  const assignee: string = ticket.assignee.name;
  const [clock] = ticket.clocks;
  const due: string = clock.dueAt;
  // @ts-expect-error: misspelt
  void ticket.levle;
  // @ts-expect-error: the operation does not select it
  void ticket.customer.birthday;
  // @ts-expect-error: of an item
  ticket.clocks.map(({ dueOn }) => dueOn);
  // @ts-expect-error: a string
  const wrong: number = clock.dueAt;
  // @ts-expect-error: no variable of the operation
  await person.does('TicketDetail', { ticketId: 'T' });
  // @ts-expect-error: no operation of the contract
  await person.does('TicketDetails', { id: 'T' });
  // @ts-expect-error: no field of the input
  await person.does('EscalateTicket', { id: 'T', level: 2, reasons: 'none' });
  // @ts-expect-error: a mutation does not lack its input
  await person.does('OpenTicket', { input: { type: 'COMPLAINT', subject: 'No signal', channel: 'PHONE' } });
  return { level, assignee, due, wrong };
}

/** What a mutation did and why it did not are read alike, for a test knows which of them it caused. */
export async function ofUnions(person: Person) {
  const answer = await person.does('AcknowledgeTicket', { id: 'T' });
  const code: string = answer.reasons[0].code;
  // @ts-expect-error: neither
  void answer.reason;
  return [answer.id, answer.issues[0].path, code];
}

export async function byDocument(person: Person) {
  const { data } = await person.ask('{ viewer { branch { id } } }');
  const id: string = data.viewer.branch.id;
  // @ts-expect-error: the document does not select it
  void data.viewer.branch.code;
  const { data: named } = await person.ask<{ viewer: { name: string } }>(`{ viewer { ${'name'} } }`);
  // @ts-expect-error: not what the test has said
  void named.viewer.id;
  const { data: unknown } = await person.ask(`{ viewer { ${id} } }`);
  // @ts-expect-error: nobody has said what it answers
  void unknown.viewer.id;
}

export async function byEvents(person: Person) {
  await using alerts = person.follows('SlaAlerts', { filter: { mine: true } });
  const event = await alerts.next();
  // @ts-expect-error: misspelt
  void event.alert.knid;
  // @ts-expect-error: no field of the filter
  person.follows('SlaAlerts', { filter: { my: true } });
  return event.alert.kind;
}
