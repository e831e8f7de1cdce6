import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor, refuseDeparted } from '../customers/find-customer.ts';
import { deliverMessages } from './deliver.ts';
import { holdCount, messageFacts, type NewMessage } from './message-quota.ts';
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
  const begun = Act.begin(services, caller, 'sendMessage');
  const channel = input.channel ?? 'SMS';
  checkMessage(input, channel);
  const message = { ...input, channel };
  return begun.once('sendMessage', idempotencyKey, message, (act) => queueInTurn(act, message));
}

type SoundMessage = MessageToSend & { readonly channel: Channel };

function checkMessage({ body }: MessageToSend, channel: Channel): void {
  const issues: Issue[] = [];
  if (body.trim() === '') issues.push({ path: 'input.body', message: 'is empty' });
  if (body.length > MAX_BODY) issues.push({ path: 'input.body', message: `is longer than ${MAX_BODY} characters` });
  if (!CHANNELS.includes(channel)) issues.push({ path: 'input.channel', message: `is none of ${CHANNELS.join(', ')}` });
  if (issues.length > 0) throw new InvalidInput(issues);
}

async function queueInTurn(act: Act, input: SoundMessage): Promise<string> {
  const { services } = act;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const id = await queue(act.at(services.clock.now()), input);
      // A held clock has nobody who delivers each second.
      if (services.clock.held) await deliverMessages(services);
      return id;
    } catch (error) {
      if (!(error instanceof Conflict) || attempt === TRIES) throw error;
    }
  }
}

async function queue(act: Act, input: SoundMessage): Promise<string> {
  const { now } = act;
  const { channel, purpose } = input;
  const { customer, policy } = await findRecipient(act, input);
  const facts = customerFacts(policy, customer);
  const name = signatureOf(policy, facts.profile) ?? customer.branch.name;
  const message: NewMessage = { customerId: customer.id, purpose, body: input.body, name, at: now };
  const known = await messageFacts(act.prisma, policy, message);
  await act.guard(customer.policyId, {
    action: 'SEND_MESSAGE',
    customer: facts,
    input: { channel, purpose, ...known },
  });
  const id = newId();
  const bound = { customerId: customer.id, policyId: customer.policyId, branchId: customer.branchId };
  return act.commit({
    answer: id,
    audit: act.audit('SEND_MESSAGE', { type: 'Message', id, ...bound }, { reason: known.kind }),
    writes: new WriteSet().insert('message', {
      id,
      ...bound,
      kind: known.kind ?? purpose,
      purpose,
      channel,
      body: input.body.trim(),
      state: 'QUEUED',
      byId: act.actor.id,
      taskId: input.taskId ?? null,
      createdAt: now,
      nextAttemptAt: now,
    }),
    async change(tx) {
      await holdCount(tx, policy, message, known);
      return id;
    },
  });
}

/** @throws {Refused} the customer departed, or the file has no address for the channel */
async function findRecipient({ services, actor }: Act, { customerId, channel }: SoundMessage) {
  const customer = await customerFor(services.database, actor, customerId, {
    ...CUSTOMER_FACTS,
    emailMask: true,
    branch: { select: { name: true } },
  });
  const policy = customer && services.policies.get(customer.policyId);
  if (!policy) throw new NotFound('Customer');
  refuseDeparted(customer);
  if (!(channel === 'SMS' ? customer.phoneMask : customer.emailMask)) throw refuse('NO_ADDRESS');
  return { customer, policy: policy.declaration };
}
