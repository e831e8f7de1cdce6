import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { RecordDeclaration } from '../../engine/policy/contract/records.ts';
import type { Act } from '../../engine/services/act.ts';
import { maySee } from '../../platform/access/scope.ts';
import { rankOf } from '../../platform/access/superior.ts';
import { InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import { customerFor } from '../customers/find-customer.ts';
import { mayOpenFile, visibleRecords } from './seen-by.ts';

export type KnownCustomer = Prisma.CustomerGetPayload<{ select: typeof CUSTOMER_FACTS }>;

/** The person whom a record is about. */
export interface RecordPerson {
  readonly id: string;
  readonly branchId: string;
  readonly rank: number;
}

/** What a record is about, with whose it is. */
export interface FoundSubject {
  readonly branchId: string;
  readonly customer: KnownCustomer | null;
  readonly person: RecordPerson | null;
  readonly contractId: string | null;
  readonly ticketId: string | null;
  readonly parentId: string | null;
}

/** The type and the uuid of what a record is to be about; null where nothing is named. */
export type NamedSubject = { readonly type: string; readonly id: string } | null;

const NOTHING = { customer: null, person: null, contractId: null, ticketId: null, parentId: null } as const;
const PATH = 'input.about';

const TYPES = {
  CUSTOMER: 'Customer',
  PERSON: 'Staff',
  BRANCH: 'Branch',
  CONTRACT: 'Contract',
  TICKET: 'Ticket',
  RECORD: 'Record',
  LINE: null,
} as const;

/**
 * Finds what a record is to be about, among what the actor sees.
 *
 * @throws {InvalidInput} nothing is named that has to be, or something of another type
 * @throws {NotFound} there is none, or none that the actor may see
 */
export async function findSubject(
  act: Act,
  policyId: string,
  declared: RecordDeclaration,
  named: NamedSubject,
): Promise<FoundSubject> {
  const type = TYPES[declared.about];
  if (named && named.type !== type) {
    const message = type === null ? 'is not asked for: it is about the business line' : `is not the id of a ${type}`;
    throw new InvalidInput([{ path: PATH, message }]);
  }
  switch (declared.about) {
    case 'LINE':
      return { ...NOTHING, branchId: await officeOf(act, policyId) };
    case 'BRANCH':
      return { ...NOTHING, branchId: await branchOf(act, policyId, named?.id ?? act.actor.branchId) };
    case 'PERSON':
      return findPerson(act, policyId, named?.id ?? act.actor.id);
    default:
      if (!named) throw new InvalidInput([{ path: PATH, message: 'is missing' }]);
      return findThing(act, policyId, declared, named.id);
  }
}

async function findThing(
  act: Act,
  policyId: string,
  { about, partOf }: RecordDeclaration,
  id: string,
): Promise<FoundSubject> {
  const { prisma, services, actor } = act;
  if (about === 'RECORD') {
    const kind = partOf ?? '';
    const where = { AND: [{ id, policyId, kind }, visibleRecords(services.policies, actor)] };
    const parent = await act.found('Record', prisma.policyRecord.findFirst({ where }));
    const { customerId, contractId, ticketId, branchId } = parent;
    const customer = customerId ? await customerOf(act, policyId, customerId) : null;
    const person = parent.personId ? { id: parent.personId, branchId, rank: parent.personRank ?? 1 } : null;
    return { branchId, customer, person, contractId, ticketId, parentId: id };
  }
  if (about === 'CUSTOMER') {
    const customer = await customerOf(act, policyId, id);
    return { ...NOTHING, branchId: customer.branchId, customer };
  }
  const where = { ...act.one(id), AND: [{ policyId }] };
  const select = { customerId: true };
  const thing =
    about === 'CONTRACT'
      ? await act.found('Contract', prisma.contract.findFirst({ where, select }))
      : await act.found('Ticket', prisma.ticket.findFirst({ where, select }));
  const customer = await customerOf(act, policyId, thing.customerId);
  return {
    ...NOTHING,
    branchId: customer.branchId,
    customer,
    ...(about === 'CONTRACT' ? { contractId: id } : { ticketId: id }),
  };
}

async function customerOf(act: Act, policyId: string, id: string): Promise<KnownCustomer> {
  const { database } = act.services;
  return act.found('Customer', customerFor(database, act.actor, id, CUSTOMER_FACTS, { policyId }));
}

async function findPerson(act: Act, policyId: string, id: string): Promise<FoundSubject> {
  const [person] = (await act.services.actors.peopleAtWork([id])).values();
  const policy = act.policyOf({ policyId }).declaration;
  if (!person) throw new NotFound('Staff');
  const found = { id, branchId: person.branchId, rank: rankOf(person.roles) };
  if (id !== act.actor.id && !mayOpenFile(act.actor, policy, found)) throw new NotFound('Staff');
  if (!person.policyIds.includes(policyId))
    throw new InvalidInput([{ path: PATH, message: 'is nobody who works in this business line' }]);
  return { ...NOTHING, branchId: person.branchId, person: found };
}

async function branchOf({ services, actor }: Act, policyId: string, id: string): Promise<string> {
  const branch = (await services.actors.organisation()).branches.get(id);
  if (!branch?.policyIds.includes(policyId) || branch.closedAt || !maySee(actor, { policyId, branchId: id }))
    throw new InvalidInput([{ path: PATH, message: 'is no branch of yours that runs this business line' }]);
  return id;
}

async function officeOf({ services, actor }: Act, policyId: string): Promise<string> {
  const office = (await services.actors.organisation()).officeOf(policyId);
  if (!office || !actor.policyIds.includes(policyId))
    throw new InvalidInput([{ path: 'input.policyId', message: 'is not run at your branch' }]);
  return office;
}
