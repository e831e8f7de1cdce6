import { z } from 'zod';
import type { Channel } from '../../../prisma/generated/client/enums.ts';
import { Channel as Channels } from '../../../prisma/generated/client/enums.ts';
import { choice, needed, optional } from './reading/cells.ts';

export const TICKET_COLUMNS = {
  policyId: { also: ['业务线'] },
  externalNumber: { also: ['工单编号', '工单号'], needed: true },
  customerNumber: { also: ['客户编号'], needed: true },
  type: { also: ['工单类型'], needed: true },
  level: { also: ['级别', '工单级别'] },
  case: { also: ['情形'] },
  subject: { also: ['主题', '标题'], needed: true },
  description: { also: ['描述', '内容'], lines: true },
  channel: { also: ['渠道', '受理渠道'], needed: true },
  openedAt: { also: ['受理时间'], needed: true },
  acknowledgedAt: { also: ['响应时间'] },
  resolvedAt: { also: ['解决时间'] },
  calledBackAt: { also: ['回访时间'] },
  closedAt: { also: ['关闭时间'] },
  assigneeNumber: { also: ['处理人工号'] },
  resolution: { also: ['解决方案', '处理结果'], lines: true },
  rootCause: { also: ['原因', '根本原因'], lines: true },
  appointmentAt: { also: ['预约时间'] },
} as const;

const CHANNELS: Readonly<Record<string, Channel>> = {
  电话: 'PHONE',
  短信: 'SMS',
  邮件: 'EMAIL',
  在线: 'CHAT',
  微信: 'WECHAT',
  上门: 'VISIT',
  营业厅: 'HALL',
  热线: 'HOTLINE',
  信函: 'LETTER',
  网站: 'WEB',
  内部: 'INTERNAL',
};

const level = z
  .string()
  .regex(/^\d{1,2}$/, 'is no level')
  .transform(Number)
  .nullish();

/** The cells of a ticket's row; instants are text, because a local time is an instant only in the policy's zone. */
export const ticketRow = z.object({
  policyId: optional(64),
  externalNumber: needed(64),
  customerNumber: needed(64),
  type: needed(64),
  level,
  case: optional(64),
  subject: needed(300),
  description: optional(16_000),
  channel: choice(Object.values(Channels), CHANNELS),
  openedAt: needed(40),
  acknowledgedAt: optional(40),
  resolvedAt: optional(40),
  calledBackAt: optional(40),
  closedAt: optional(40),
  assigneeNumber: optional(64),
  resolution: optional(4_000),
  rootCause: optional(4_000),
  appointmentAt: optional(40),
});

export type TicketCells = z.output<typeof ticketRow>;
