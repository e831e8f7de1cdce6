import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { handOver, NoAnswerError } from '../../engine/services/messenger.ts';
import type { Services } from '../../engine/services/services.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { dayIn } from '../../platform/values/days.ts';
import { PolicyFailure } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { identifierPlace } from '../customers/identifiers.ts';
import { meetTasks } from '../tasks/meet.ts';
import { BATCH, claim } from './claim.ts';
import { countInFile } from './message-quota.ts';
import { ATTEMPTS, waitAfter } from './rules.ts';
import { type Claimed, isErased } from './sql.ts';
import { type GivenUp, undeliveredTask } from './undelivered.ts';
import { isUnwanted } from './unwanted.ts';

// QUEUED -> SENDING -> SENT, or back to QUEUED after a failure until it is FAILED, which leaves a task behind; CANCELLED where the
// customer declined or departed in the meantime. The node that sends holds a message for a minute: a node that was killed in between leaves
// it to the next, which sends it under the same id. A transport that answers after it was given up has sent it all the same:
// from every state the message goes to SENT, once.

/** Delivers what is queued; any number of nodes may. Returns how many left. */
export async function deliverMessages(services: Services, signal?: AbortSignal): Promise<number> {
  let sent = 0;
  while (!signal?.aborted) {
    const claimed = await claim(services);
    const left = await Promise.all(claimed.map((message) => deliver(services, message)));
    sent += left.filter(Boolean).length;
    if (claimed.length < BATCH) break;
  }
  return sent;
}

async function deliver(services: Services, message: Claimed): Promise<boolean> {
  const { sealer, messenger, log } = services;
  const about = { messageId: message.id, attempts: message.attempts };
  try {
    if (await isUnwanted(services, message)) {
      await withdraw(services, message);
      return false;
    }
    const [sealed, field] =
      message.channel === 'EMAIL' ? [message.email_sealed, 'email'] : [message.phone_sealed, 'phone'];
    if (!sealed) throw new NoAddressError();
    const to = sealer.open(sealed, identifierPlace(message.customer_id, field));
    const { id, channel, body } = message;
    const reference = await handOver(messenger, { id, channel, to, body }, (late) => {
      recordSent(services, message, late).catch((error: unknown) =>
        log.warn({ err: error, ...about }, 'a late answer'),
      );
    });
    await recordSent(services, message, reference).catch(async (error: unknown) => {
      log.error({ err: error, ...about }, 'a message left and was not recorded');
      // Its state at least: it would be sent again.
      await markSent(services.database.prisma, message, reference);
    });
    return true;
  } catch (error) {
    log.warn({ err: error, ...about }, 'a message was not delivered');
    await postpone(services, message, error);
    return false;
  }
}

class NoAddressError extends Error {}

/** A message as long as this attempt holds it. */
const heldBy = ({ id, attempts }: Claimed) => ({ id, state: 'SENDING' as const, attempts });

async function withdraw({ database }: Services, message: Claimed): Promise<void> {
  const problem = 'The customer declined or departed.';
  await database.prisma.message.updateMany({
    where: heldBy(message),
    data: { state: 'CANCELLED', nextAttemptAt: null, problem },
  });
}

/** It did not leave: another attempt later, or, after the last one, a task to reach the customer in another way. */
async function postpone({ database, policies }: Services, message: Claimed, error: unknown): Promise<void> {
  const because = reasonOf(error);
  const { attempts, now } = message;
  const isOver = attempts >= ATTEMPTS;
  const timeZone = zoneOf(policies.get(message.policy_id)?.declaration);
  await inTransaction(database, async (tx) => {
    const { count } = await tx.message.updateMany({
      where: heldBy(message),
      data: {
        state: isOver ? 'FAILED' : 'QUEUED',
        nextAttemptAt: isOver ? null : new Date(now.getTime() + waitAfter(attempts) * 1000),
        problem: `${because.en}.`,
      },
    });
    if (count === 0 || !isOver) return;
    const customer = { id: message.customer_id, policyId: message.policy_id, branchId: message.branch_id };
    const given = { ...message, customer, assigneeId: message.manager_id ?? message.by_id, because };
    await tx.task.create({ data: undeliveredTask(given, now, timeZone), select: { id: true } });
  });
}

function reasonOf(error: unknown): GivenUp['because'] {
  if (error instanceof NoAddressError) return { en: 'The file has no address for it', zh: '档案中无联系方式' };
  if (error instanceof NoAnswerError) return { en: 'The transport did not answer', zh: '发送通道无应答' };
  if (error instanceof PolicyFailure) return { en: 'The policy did not answer', zh: '策略未应答' };
  return { en: 'The transport did not take it', zh: '发送通道未受理' };
}

/** It left: the record of it, the count in the file and the tasks that it does, in one transaction. */
async function recordSent({ database, policies }: Services, message: Claimed, reference: string | null): Promise<void> {
  const policy = policies.get(message.policy_id)?.declaration;
  await inTransaction(database, async (tx) => {
    const [sent] = await markSent(tx, message, reference);
    // Another attempt, or another node that thought this one dead, has recorded it.
    if (!sent) return;
    // That it left is true; nothing else is written about a customer who was deleted meanwhile (decision 0023).
    if (await isErased(tx, message.customer_id)) return;
    await tx.interaction.create({
      data: {
        id: newId(),
        customerId: message.customer_id,
        policyId: message.policy_id,
        channel: message.channel,
        purpose: message.purpose,
        direction: 'OUTBOUND',
        happenedAt: message.now,
        summary: sent.body,
        messageId: message.id,
        taskId: message.task_id,
        staffId: message.by_id,
        recordedAt: message.now,
      },
      select: { id: true },
    });
    if (!policy) return;
    await countInFile(tx, policy, message.customer_id, message.kind);
    const on = dayIn(message.now, zoneOf(policy));
    await meetTasks(tx, message.customer_id, { ...message, on, at: message.now, isMessage: true });
  });
}

/** Once, whatever its state was: what left has left. */
function markSent(prisma: Pick<PrismaClient, 'message'>, { id, now }: Claimed, reference: string | null) {
  return prisma.message.updateManyAndReturn({
    where: { id, state: { not: 'SENT' } },
    data: { state: 'SENT', sentAt: now, nextAttemptAt: null, reference, problem: null },
    select: { body: true },
  });
}
