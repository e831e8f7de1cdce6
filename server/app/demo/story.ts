import type { AlertKind } from '../../../prisma/generated/client/enums.ts';
import { acknowledgeAlert } from '../../domain/alerts/acknowledge.ts';
import { reportDataLeak } from '../../domain/alerts/data-leak.ts';
import { assessCustomer, requestGradeException, submitAssessment } from '../../domain/grades/service.ts';
import { recordInteraction } from '../../domain/interactions/service.ts';
import { draftPlan, submitPlan } from '../../domain/plans/service.ts';
import { createTask } from '../../domain/tasks/create-task.ts';
import { acknowledgeTicket, resolveTicket, waitOnCustomer } from '../../domain/tickets/ticket-work.ts';
import type { Stage } from './stage.ts';

type Deed = (stage: Stage) => Promise<unknown>;

/** What somebody of the demo did before it is looked at, through the commands that real people use. */
export interface Scene {
  readonly hoursAgo: number;
  /** Staff number. */
  readonly who: string;
  readonly does: Deed;
}

const scene = (hoursAgo: number, who: string, does: Deed): Scene => ({ hoursAgo, who, does });

/** A plan for one of the caller's customers: drafted, waiting for its approval, or under way. */
const plan =
  (skip: number, objective: string, amount: string, until: 'DRAFTED' | 'SUBMITTED' | 'APPROVED'): Deed =>
  async (stage) => {
    const { services, caller } = stage;
    const assigneeId = caller.actor.id;
    const id = await draftPlan(services, caller, {
      customerId: await stage.customer(skip),
      objective,
      startsOn: stage.day(0),
      endsOn: stage.day(120),
      budget: { amount },
      measures: [
        { way: 'PHONE', measure: '电话了解近况 Call about the present needs', dueAt: stage.in(75), assigneeId },
        { way: 'VISIT', measure: '上门拜访 Visit', dueAt: stage.in(24 * 20), assigneeId },
      ],
    });
    if (until === 'DRAFTED') return;
    await submitPlan(services, caller, id, 1);
    if (until === 'APPROVED') await stage.approve(id);
  };

const task =
  (skip: number, title: string, dueInHours: number): Deed =>
  async (stage) =>
    createTask(stage.services, stage.caller, {
      customerId: await stage.customer(skip),
      title,
      purpose: 'CARE',
      channel: 'PHONE',
      dueAt: stage.in(dueInHours),
    });

/** Asks for a tier below whose bar one of the caller's customers stands: those of a bank and of an operator are theirs to set. */
const exception =
  (
    skip: number,
    [schemeId, from, tierCode]: readonly [string, string, string],
    until: 'SUBMITTED' | 'APPROVED',
  ): Deed =>
  async (stage) => {
    const customerId = await stage.customer(skip, from);
    const reason = '多年合作，业务潜力大 A partner for years, with potential';
    await requestGradeException(stage.services, stage.caller, { customerId, schemeId, tierCode, reason });
    if (until === 'APPROVED') await stage.approve(customerId);
  };

/** Registers one of the caller's customers as a key account. */
const assessment =
  (skip: number): Deed =>
  async (stage) => {
    const customerId = await stage.customer(skip);
    const id = await assessCustomer(stage.services, stage.caller, { customerId, schemeId: 'key-account' });
    await submitAssessment(stage.services, stage.caller, id);
  };

const contact =
  (skip: number, summary: string): Deed =>
  async (stage) =>
    recordInteraction(stage.services, stage.caller, {
      customerId: await stage.customer(skip),
      channel: 'PHONE',
      purpose: 'CARE',
      summary,
      satisfaction: 4,
    });

/** Somebody has an alert in hand. */
const takesOn =
  (kind: AlertKind, note: string): Deed =>
  async (stage) => {
    const alert = await stage.alert(kind);
    if (alert) await acknowledgeAlert(stage.services, stage.caller, alert.id, note);
  };

const answers: Deed = async (stage) => {
  const ticket = await stage.ticket(['NEW'], 'AT_RISK');
  if (ticket)
    await acknowledgeTicket(stage.services, stage.caller, ticket.id, '已联系客户，正在核实 We are looking into it');
};

const waits: Deed = async (stage) => {
  const ticket = await stage.ticket(['NEW', 'ACKNOWLEDGED'], 'ON_TRACK');
  if (ticket)
    await waitOnCustomer(stage.services, stage.caller, ticket.id, '等客户提供合同编号 Waits for the contract number');
};

/** What comes late is told of too. */
const resolvesLate: Deed = async (stage) => {
  const ticket = await stage.ticket(['NEW', 'ACKNOWLEDGED'], 'BREACHED');
  if (!ticket) return;
  if (ticket.status === 'NEW') await acknowledgeTicket(stage.services, stage.caller, ticket.id);
  const resolution = '已核查更正并告知客户 Put right, customer informed';
  await resolveTicket(stage.services, stage.caller, ticket.id, resolution, '告知不充分');
};

/** In order of time; the clocks of tickets fire between the scenes. */
export const STORY: readonly Scene[] = [
  scene(
    74,
    'BK-A-CM1',
    plan(0, '保持业务往来，了解新需求 Keep the business and learn of new needs', '3000', 'APPROVED'),
  ),
  scene(74, 'TL-A-CM1', plan(1, '季度关怀 Care of the quarter', '800', 'APPROVED')),
  scene(73, 'BB-A-CM1', plan(2, '续约前回访 Call before the renewal', '1500', 'APPROVED')),
  scene(72, 'BK-A-CM1', contact(3, '客户对理财产品感兴趣 Interested in wealth products')),
  scene(70, 'BB-A-CM1', contact(4, '客户准备扩容 Plans a bigger line')),
  scene(50, 'BK-A-CM1', exception(0, ['personal', 'GOLD', 'PLATINUM'], 'APPROVED')),
  scene(49, 'TL-A-CM1', exception(0, ['club', 'SILVER', 'GOLD'], 'APPROVED')),
  scene(47, 'BB-A-CM1', task(1, '回电：询问续费方案 Call back about the renewal', 20)),
  scene(46, 'BK-A-CM1', task(5, '送达对账单 Bring the statement of account', 22)),
  scene(46, 'TL-A-CM1', task(3, '回访资费疑问 Call back about the tariff', 21)),
  scene(30, 'BK-A-CM1', takesOn('SLA_AT_RISK', '我来跟进 I am on it')),
  scene(28, 'BB-HQ-DIR1', (stage) =>
    reportDataLeak(stage.services, stage.caller, {
      policyId: 'broadband-key-account',
      summary: '客户名单误发至外部邮箱 A list of customers went to an address outside',
    }),
  ),
  scene(20, 'BK-A-CM2', plan(0, '提升等级前的关怀 Care before a higher tier', '2600', 'SUBMITTED')),
  scene(19, 'TL-A-CM2', plan(1, '挽留流失风险客户 Keep a customer at risk of leaving', '900', 'SUBMITTED')),
  scene(18, 'BB-A-CM2', plan(1, '大客户年度走访 Visits of the year', '4000', 'SUBMITTED')),
  scene(17, 'BK-A-CM1', plan(6, '高管专属方案 A plan for an executive', '5000', 'DRAFTED')),
  scene(10, 'BK-A-CM2', exception(0, ['personal', 'GOLD', 'PLATINUM'], 'SUBMITTED')),
  scene(9, 'BB-A-CM3', assessment(0)),
  scene(8, 'BB-A-SUP1', resolvesLate),
  scene(7.5, 'TL-A-SUP1', resolvesLate),
  scene(7, 'BK-A-SUP1', resolvesLate),
  scene(6, 'BB-A-CM1', takesOn('SLA_BREACHED', '工程师已出发 The engineer is on the way')),
  scene(5, 'BB-A-CM1', answers),
  scene(4, 'BB-A-CM3', waits),
  scene(3, 'BK-A-CM1', task(7, '回电：贷款咨询 Call back about a loan', 4)),
  scene(3, 'BB-A-SUP1', task(8, '抽查工单质量 Look at tickets of the week', 5)),
  scene(2, 'TL-A-CM1', task(4, '告知新资费 Tell of the new tariff', 6)),
  scene(2, 'BB-A-CM1', task(9, '确认安装时间 Agree on the installation', 3.5)),
  scene(1, 'BK-A-CM1', task(8, '生日问候 Birthday call', 26)),
];
