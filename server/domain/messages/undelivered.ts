import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { Channel, type Purpose } from '../../../prisma/generated/client/enums.ts';
import { dayIn } from '../../platform/values/days.ts';
import { proposedTask } from '../tasks/proposed.ts';
import { ATTEMPTS } from './rules.ts';

/** Contact of any kind reaches the customer; records of our own do not. */
const CONTACT = Object.values(Channel).filter((channel) => channel !== Channel.INTERNAL);

/** A message that was given up. */
export interface GivenUp {
  readonly id: string;
  readonly purpose: Purpose;
  readonly customer: { readonly id: string; readonly policyId: string; readonly branchId: string };
  /** The customer's manager, else the person who sent it. */
  readonly assigneeId: string;
  /** Why the last attempt failed, in both languages. */
  readonly because: { readonly en: string; readonly zh: string };
}

/**
 * The task that is made for a message which did not arrive: its assignee reaches the customer in another way, and any contact for
 * the same purpose does it. What was promised to leave has not left, so it is overdue from the beginning, which the sweep of
 * tasks tells.
 */
export function undeliveredTask(
  { id, purpose, customer, assigneeId, because }: GivenUp,
  at: Date,
  timeZone: string,
): Prisma.TaskUncheckedCreateInput {
  const day = dayIn(at, timeZone);
  return proposedTask(
    {
      key: id,
      title: {
        en: `Message not delivered after ${ATTEMPTS} attempts (${because.en}): reach the customer in another way`,
        zh: `消息发送${ATTEMPTS}次未成功（${because.zh}），请以其他方式联系客户`,
      },
      origin: 'MANUAL',
      purpose,
      period: { from: day, to: day },
      metBy: { channels: CONTACT, purposes: [purpose], late: true },
      dueAt: at.toISOString(),
    },
    { key: `message:${id}:undelivered`, customer, assigneeId, at },
  );
}
