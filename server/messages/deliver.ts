import type { Services } from '../context.ts';
import { identifierPlace } from '../customers/identifiers.ts';
import { dayIn } from '../days.ts';
import type { Channel, Purpose } from '../generated/prisma/enums.ts';
import { newId } from '../ids.ts';
import { meetTasks } from '../interactions/meet.ts';
import { nowSql } from '../storage/now.ts';
import { inTransaction } from '../storage/transaction.ts';
import { countInFile } from './quota.ts';
import { ATTEMPTS, waitAfter } from './rules.ts';

// QUEUED -> SENDING -> SENT, or back to QUEUED after a failure until it is FAILED; CANCELLED where the customer declined or
// departed meanwhile. Whoever sends holds a message for a minute: a node that was killed in between leaves it to the next,
// which sends it under the same id.

const BATCH = 50;

/** Seconds for which a message belongs to the node that sends it. */
const HOLD_SECONDS = 60;

interface Claimed {
  id: string;
  customer_id: string;
  policy_id: string;
  kind: string;
  purpose: Purpose;
  channel: Channel;
  body: string;
  by_id: string;
  task_id: string | null;
  attempts: number;
  phone_sealed: string | null;
  email_sealed: string | null;
  is_unwanted: boolean;
  now: Date;
}

/** Delivers what is queued; any number of nodes may. Returns how many left. */
export async function deliverMessages(services: Services): Promise<number> {
  let sent = 0;
  for (;;) {
    const claimed = await claim(services);
    for (const message of claimed) if (await deliver(services, message)) sent += 1;
    if (claimed.length < BATCH) return sent;
  }
}

function claim(services: Services): Promise<Claimed[]> {
  const now = nowSql(services.clock);
  return services.database.prisma.$queryRaw<Claimed[]>`
    with due as (
      select id from message where next_attempt_at <= ${now} order by next_attempt_at limit ${BATCH} for update skip locked
    ), held as (
      update message m set state = 'SENDING', attempts = attempts + 1, next_attempt_at = ${now} + make_interval(secs => ${HOLD_SECONDS})
      from due where m.id = due.id returning m.*
    )
    select held.id, held.customer_id, held.policy_id, held.kind, held.purpose::text as purpose, held.channel::text as channel, held.body, held.by_id,
      held.task_id, held.attempts, c.phone_sealed, c.email_sealed, ${now} as now,
      (c.departed_at is not null or (c.vip_consent = false and c.marketing_consent = false)) is true as is_unwanted
    from held join customer c on c.id = held.customer_id order by held.id`;
}

async function deliver(services: Services, message: Claimed): Promise<boolean> {
  const { database, sealer, messenger, log } = services;
  const mine = { id: message.id, state: 'SENDING' as const, attempts: message.attempts };
  if (message.is_unwanted) {
    const problem = 'The customer declined or departed.';
    await database.prisma.message.updateMany({
      where: mine,
      data: { state: 'CANCELLED', nextAttemptAt: null, problem },
    });
    return false;
  }
  try {
    const [sealed, field] =
      message.channel === 'EMAIL' ? [message.email_sealed, 'email'] : [message.phone_sealed, 'phone'];
    if (!sealed) throw new Error('the file has no address for it');
    const to = sealer.open(sealed, identifierPlace(message.customer_id, field));
    const { id, channel, body } = message;
    const { reference } = await messenger.send({ id, channel, to, body });
    await settle(services, message, reference);
    return true;
  } catch (error) {
    log.warn({ err: error, messageId: message.id, attempts: message.attempts }, 'a message was not delivered');
    const isOver = message.attempts >= ATTEMPTS;
    await database.prisma.message.updateMany({
      where: mine,
      data: {
        state: isOver ? 'FAILED' : 'QUEUED',
        nextAttemptAt: isOver ? null : new Date(message.now.getTime() + waitAfter(message.attempts) * 1000),
        problem: 'The transport did not take it.',
      },
    });
    return false;
  }
}

/** It left: the record of it, the count in the file and the tasks that it does, in one transaction. */
async function settle({ database, policies }: Services, message: Claimed, reference: string | null): Promise<void> {
  const policy = policies.get(message.policy_id)?.declaration;
  await inTransaction(database, async (tx) => {
    const { count } = await tx.message.updateMany({
      where: { id: message.id, state: 'SENDING', attempts: message.attempts },
      data: { state: 'SENT', sentAt: message.now, nextAttemptAt: null, reference, problem: null },
    });
    // Another node, which thought this one dead, has settled it.
    if (count === 0) return;
    await tx.interaction.create({
      data: {
        id: newId(),
        customerId: message.customer_id,
        policyId: message.policy_id,
        channel: message.channel,
        purpose: message.purpose,
        direction: 'OUTBOUND',
        happenedAt: message.now,
        summary: message.body,
        messageId: message.id,
        taskId: message.task_id,
        staffId: message.by_id,
        recordedAt: message.now,
      },
      select: { id: true },
    });
    if (!policy) return;
    await countInFile(tx, policy, message.customer_id, message.kind);
    const on = dayIn(message.now, policy.timeZone ?? 'Asia/Shanghai');
    await meetTasks(tx, message.customer_id, { ...message, on, at: message.now, isMessage: true });
  });
}
