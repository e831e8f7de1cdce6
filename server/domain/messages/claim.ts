import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import type { Services } from '../../engine/services/services.ts';
import { nowSql } from '../../platform/storage/now.ts';

/** Messages that are on their way at the same time, so that all are answered, or given up, while they are held. */
export const BATCH = 10;

/** Seconds for which a message belongs to the node that sends it: longer than a transport may take to answer. */
const HOLD_SECONDS = 60;

/** A message that is to leave now, with what is asked of its customer. */
export interface Claimed {
  id: string;
  customer_id: string;
  manager_id: string | null;
  branch_id: string;
  branch_name: string;
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
  /** The customer departed, or declined everything. */
  is_unwanted: boolean;
  /** The customer decided about consent since it was queued. */
  has_decided: boolean;
  now: Date;
}

/** Takes what is due next for this node; each attempt counts. */
export function claim({ database, clock }: Services): Promise<Claimed[]> {
  const now = nowSql(clock);
  return database.prisma.$queryRaw<Claimed[]>`
    with due as (
      select id from message where next_attempt_at <= ${now} order by next_attempt_at limit ${BATCH} for update skip locked
    ), held as (
      update message m set state = 'SENDING', attempts = attempts + 1, next_attempt_at = ${now} + make_interval(secs => ${HOLD_SECONDS})
      from due where m.id = due.id returning m.*
    )
    select held.id, held.customer_id, held.branch_id, held.policy_id, held.kind, held.purpose::text as purpose, held.channel::text as channel,
      held.body, held.by_id, held.task_id, held.attempts, c.manager_id, c.phone_sealed, c.email_sealed, b.name as branch_name, ${now} as now,
      (c.departed_at is not null or (c.vip_consent = false and c.marketing_consent = false)) is true as is_unwanted,
      (c.consent_at >= held.created_at) is true as has_decided
    from held join customer c on c.id = held.customer_id join branch b on b.id = c.branch_id order by held.id`;
}
