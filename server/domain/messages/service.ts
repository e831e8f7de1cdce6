import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import { guard } from '../../engine/policy/guard.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { answerOnce, once, type Repeatable } from '../../platform/storage/idempotency.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, InvalidInput, type Issue, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { customerFor } from '../customers/find.ts';
import { deliverMessages } from './deliver.ts';
import { holdCount, messageFacts, type NewMessage } from './quota.ts';
import { signatureOf } from './rules.ts';

export interface MessageToSend {
  readonly customerId: string;
  /** `SMS` unless said. */
  readonly channel?: Channel | null;
  readonly purpose: Purpose;
  readonly body: string;
  readonly taskId?: string | null;
}

/** By what messages go out; the rest is talked or written by people. */
const CHANNELS: readonly Channel[] = ['SMS', 'EMAIL'];

const MAX_BODY = 1000;

/** How often it is decided again when another message of the customer came in between. */
const TRIES = 3;

/**
 * Queues a message to a customer, if the policy allows it; it is delivered afterwards, once. Returns its id.
 *
 * @throws {Refused} quota, consent or signature (the policy's reasons), a customer who departed or has no address
 */
export async function sendMessage(
  services: Services,
  caller: Caller,
  input: MessageToSend,
  idempotencyKey?: string | null,
): Promise<string> {
  requirePermission(caller.actor, 'sendMessage');
  const channel = input.channel ?? 'SMS';
  const issues: Issue[] = [];
  if (input.body.trim() === '') issues.push({ path: 'input.body', message: 'is empty' });
  if (input.body.length > MAX_BODY)
    issues.push({ path: 'input.body', message: `is longer than ${MAX_BODY} characters` });
  if (!CHANNELS.includes(channel)) issues.push({ path: 'input.channel', message: `is none of ${CHANNELS.join(', ')}` });
  if (issues.length > 0) throw new InvalidInput(issues);
  const request = {
    actorId: caller.actor.id,
    mutation: 'sendMessage',
    key: idempotencyKey,
    input: { ...input, channel },
  };
  return answerOnce(services.database, request, () => queueInTurn(services, caller, request));
}

type SendRequest = Repeatable & { readonly input: MessageToSend & { readonly channel: Channel } };

async function queueInTurn(services: Services, caller: Caller, request: SendRequest): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const id = await queue(services, caller, request);
      // A held clock has nobody who delivers each second.
      if (services.clock.held) await deliverMessages(services);
      return id;
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === TRIES) throw error;
    }
  }
}

async function queue(services: Services, { actor, requestId }: Caller, request: SendRequest): Promise<string> {
  const { input } = request;
  const { database, clock, policies } = services;
  const now = clock.now();
  const customer = await customerFor(database, actor, input.customerId, {
    ...CUSTOMER_FACTS,
    departedAt: true,
    emailMask: true,
    branch: { select: { name: true } },
  });
  const policy = customer && policies.get(customer.policyId);
  if (!policy) throw new NotFound('Customer');
  if (customer.departedAt || customer.stage === 'LAPSED')
    throw Refused.because('CUSTOMER_DEPARTED', 'The customer has departed.');
  if (!(input.channel === 'SMS' ? customer.phoneMask : customer.emailMask))
    throw Refused.because('NO_ADDRESS', 'The file has no number or address for this channel.');
  const facts = customerFacts(policy.declaration, customer);
  const message: NewMessage = {
    customerId: customer.id,
    purpose: input.purpose,
    body: input.body,
    name: signatureOf(policy.declaration, facts.profile) ?? customer.branch.name,
    at: now,
  };
  const known = await messageFacts(database.prisma, policy.declaration, message);
  await guard(policies, customer.policyId, {
    now: now.toISOString(),
    action: 'SEND_MESSAGE',
    viewer: { roles: actor.roles },
    customer: facts,
    ticket: null,
    input: { channel: input.channel, purpose: input.purpose, ...known },
  });
  return inTransaction(database, (tx) =>
    once(tx, request, now, async () => {
      await holdCount(tx, policy.declaration, message, known);
      const id = newId();
      await tx.message.create({
        data: {
          id,
          customerId: customer.id,
          policyId: customer.policyId,
          branchId: customer.branchId,
          kind: known.kind ?? input.purpose,
          purpose: input.purpose,
          channel: input.channel,
          body: input.body.trim(),
          state: 'QUEUED',
          byId: actor.id,
          taskId: input.taskId ?? null,
          createdAt: now,
          nextAttemptAt: now,
        },
        select: { id: true },
      });
      await writeAudit(tx, {
        at: now,
        actorId: actor.id,
        requestId,
        action: 'SEND_MESSAGE',
        subject: { type: 'Message', id },
        policyId: customer.policyId,
        branchId: customer.branchId,
        customerId: customer.id,
        reason: known.kind,
      });
      return id;
    }),
  );
}
