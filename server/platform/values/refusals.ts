import { Refused } from './errors.ts';
import type { Text } from './text.ts';

/** A refusal of the platform itself: what it says, with its facts in braces, and when it comes (docs/errors.md). */
interface Refusal extends Text {
  readonly when: string;
}

/**
 * The platform's own refusals. A key is the code that clients see; where one code has several sentences, what follows the
 * slash tells them apart. A code is never used again for something else.
 */
export const REFUSALS = {
  ALERT_OVER: {
    en: 'The matter of the alert is over.',
    zh: '该预警所涉事项已结束。',
    when: 'the matter of the alert is over, so there is nothing to put off',
  },
  ALERT_TAKEN: {
    en: 'Somebody took the alert on.',
    zh: '该预警已有人确认。',
    when: 'the alert that is to be put off was acknowledged',
  },
  ALREADY_CARRIED_OUT: {
    en: 'It was carried out before.',
    zh: '该申请已执行。',
    when: 'the application was carried out before',
  },
  ALREADY_DECIDED: { en: 'It was decided before.', zh: '该审批已有结论。', when: 'the approval was decided before' },
  APPLICATION_FAILED: {
    en: 'Applying the policy broke off: another version came into force, or an answer could not be taken. What was applied stays.',
    zh: '策略应用中断：其他版本已生效，或答复无法采用。已应用的部分保留。',
    when: 'applying a policy to open tickets broke off for good',
  },
  APPLICATION_UNDER_WAY: {
    en: 'The policy is being applied to open tickets already; wait until that is done.',
    zh: '该策略正在应用于未结工单，请等待完成。',
    when: 'a policy is applied while it is being applied, or its application goes on on another node',
  },
  ARCHIVED: {
    en: 'An archived contract is opened by the director, or with an approved request.',
    zh: '已归档的合同由总监打开，或凭已批准的申请查阅。',
    when: 'the contract is archived: the director opens it, all others ask first, and a request holds for a day',
  },
  'ARCHIVED/already': {
    en: 'The contract is in the archive already.',
    zh: '合同已在档案中。',
    when: 'the contract is archived: the director opens it, all others ask first, and a request holds for a day',
  },
  'ARCHIVED/over': {
    en: 'Your request held for {hours} hours; ask again.',
    zh: '您的查阅申请有效期为 {hours} 小时，请重新申请。',
    when: 'the contract is archived: the director opens it, all others ask first, and a request holds for a day',
  },
  BRANCH_CLOSED: {
    en: 'The branch {code} is closed.',
    zh: '机构 {code} 已撤销。',
    when: 'the branch is closed',
  },
  BRANCH_IN_USE: {
    en: 'There are still {branches} branches below it, {staff} people and {customers} customers: they go elsewhere first.',
    zh: '该机构尚有下级机构 {branches} 个、在职人员 {staff} 名、客户 {customers} 户，须先转出。',
    when: 'branches, people or customers are still at the branch that is to be closed',
  },
  BUDGET_EXCEEDED: {
    en: "Less than {amount} is left of the plan's budget.",
    zh: '计划预算余额不足 {amount}。',
    when: "less is left of the plan's budget than is to be spent",
  },
  BUDGET_EXHAUSTED: {
    en: "The branch's budget of the year does not cover {amount}.",
    zh: '机构本年度预算不足以支付 {amount}。',
    when: "the branch's budget of the year does not cover it",
  },
  'BUDGET_EXHAUSTED/none': {
    en: 'The branch has no budget of the year in {currency}.',
    zh: '机构本年度没有 {currency} 预算。',
    when: "the branch's budget of the year does not cover it",
  },
  'BUDGET_EXHAUSTED/taken-back': {
    en: 'More is taken back than is available.',
    zh: '收回金额超过可用余额。',
    when: "the branch's budget of the year does not cover it",
  },
  CARD_EXISTS: {
    en: 'The customer has such a card, or it is on its way.',
    zh: '客户已有该卡，或该卡正在办理。',
    when: 'the customer has such a card, or it is on its way',
  },
  CARD_STEP: {
    en: 'A card that is {from} goes on to {next}.',
    zh: '状态为 {from} 的卡下一步只能是 {next}。',
    when: 'the card would skip a step or go back',
  },
  CUSTOMER_DEPARTED: {
    en: 'The customer has departed.',
    zh: '客户已流失。',
    when: 'the customer has departed: nothing is given any more, and no messages are sent',
  },
  DELEGATION_OVER: {
    en: 'It is over.',
    zh: '该委托已结束。',
    when: 'the delegation was revoked before, or its time is over',
  },
  DISPUTE_STAGE: {
    en: 'A dispute goes from {from} not to {to}.',
    zh: '争议不能从 {from} 转入 {to}。',
    when: 'a dispute goes to mediation first, with a mediator and a witness, then to arbitration; it is settled in either',
  },
  'DONE_OTHERWISE/meeting': {
    en: 'Recording the meeting ({meeting}) does it, with all who must attend.',
    zh: '由登记会议（{meeting}）完成，须有全部应到人员。',
    when: 'the duty is done by recording its meeting, filing its report, ending its record or setting its annual list, and by nothing else',
  },
  'DONE_OTHERWISE/list': {
    en: 'Setting the annual list ({scheme}) of the next year does it.',
    zh: '由设定下一年度名单（{scheme}）完成。',
    when: 'the duty is done by recording its meeting, filing its report, ending its record or setting its annual list, and by nothing else',
  },
  'DONE_OTHERWISE/record': {
    en: 'A record ({record}) that comes to its end does it.',
    zh: '由完成记录（{record}）完成。',
    when: 'the duty is done by recording its meeting, filing its report, ending its record or setting its annual list, and by nothing else',
  },
  'DONE_OTHERWISE/report': {
    en: 'Filing the report ({report}) does it.',
    zh: '由提交报告（{report}）完成。',
    when: 'the duty is done by recording its meeting, filing its report, ending its record or setting its annual list, and by nothing else',
  },
  DRAW_THE_SAMPLE: {
    en: 'Drawing the sample completes this task.',
    zh: '抽样后该任务自动完成。',
    when: 'drawing the sample completes the task, and nothing else does',
  },
  DUTY_FULFILLED: {
    en: 'The duty of this period is recorded already.',
    zh: '本期工作已登记。',
    when: 'the duty of this period and holder is recorded already',
  },
  ERASED: {
    en: 'The customer was deleted.',
    zh: '客户已被删除。',
    when: 'the customer was deleted; nothing is written about the customer or what hangs on the file any more ([decision 0023](decisions/0023-erased-customers.md))',
  },
  EXCEPTION_OVER: {
    en: 'The exception was asked for until {until}, which is over.',
    zh: '该例外申请的有效期至 {until}，已过期。',
    when: 'an exception is approved after the last day that it was asked for; ask for it anew',
  },
  EXPLANATION_MISSING: {
    en: 'Not executed and not explained yet: {resolutions}.',
    zh: '尚未执行且未说明：{resolutions}。',
    when: 'an owner of a resolution that was not executed has not explained yet at this meeting',
  },
  EXPORT_QUOTA: {
    en: 'You exported {count} files within a day.',
    zh: '您在一天内已导出 {count} 份档案。',
    when: 'too many files exported within a day',
  },
  FIGURES_MISSING: {
    en: 'The report needs {figures}.',
    zh: '报告缺少 {figures}。',
    when: 'the report lacks figures that it needs',
  },
  FOUR_EYES: {
    en: 'Each step is decided by another person.',
    zh: '各步骤须由不同人员审批。',
    when: 'the same person decided an earlier step',
  },
  ILLEGAL_MOVE: {
    en: 'A ticket that is {status} cannot {move}; it has to be {from}.',
    zh: '状态为 {status} 的工单不能执行 {move}，须为 {from}。',
    when: "the ticket's status does not allow the move",
  },
  INCOMPLETE: {
    en: 'It lacks {missing}.',
    zh: '缺少 {missing}。',
    when: 'the assessment lacks figures or judgements',
  },
  LAST_ADMINISTRATOR: {
    en: 'Nobody else administers this place: give somebody the role ADMIN first.',
    zh: '该机构没有其他管理员，请先授予他人 ADMIN 角色。',
    when: 'nobody else has the role ADMIN at the place of the person, or above it',
  },
  LINKED: {
    en: 'It is linked to {number} in this way already.',
    zh: '已与 {number} 建立同类关联。',
    when: 'two tickets are linked in this way already',
  },
  LINK_CIRCLE: {
    en: '{number} is a duplicate of this ticket, or went into it: the link would be a circle.',
    zh: '{number} 是本工单的重复单或已并入本工单，不能形成循环关联。',
    when: 'a ticket is to be a duplicate of, or to go into, one that is a duplicate of it or went into it, directly or over others',
  },
  LOCKED: {
    en: 'A plan that is {status} is not {done}.',
    zh: '状态为 {status} 的计划不可变更（{done}）。',
    when: 'the plan is being decided, or has ended, and is not changed',
  },
  MEASURE_CLOSED: {
    en: 'The measure is {status}.',
    zh: '该措施的状态为 {status}。',
    when: 'the improvement measure was closed before',
  },
  MERGED_INTO_CLOSED: {
    en: '{number} is closed: nobody would go on with what is merged into it.',
    zh: '{number} 已关闭，不能将工单并入其中。',
    when: 'a ticket is to be merged into one that is closed',
  },
  MINUTES_FILED: {
    en: 'The minutes were filed before.',
    zh: '会议纪要已提交。',
    when: "the meeting's minutes were filed before",
  },
  NOTHING_TO_SAMPLE: {
    en: 'There are no service records of {quarter} to draw from.',
    zh: '{quarter} 没有可抽取的服务记录。',
    when: 'the line samples nothing, or the quarter has no service records yet',
  },
  'NOTHING_TO_SAMPLE/line': {
    en: '{policyId} samples no service records.',
    zh: '{policyId} 不抽查服务记录。',
    when: 'the line samples nothing, or the quarter has no service records yet',
  },
  NOT_APPROVED: {
    en: 'An application that is {state} is not carried out.',
    zh: '状态为 {state} 的申请不能执行。',
    when: 'the application was not approved',
  },
  NOT_ARCHIVED: {
    en: 'The contract is not archived: open it.',
    zh: '合同未归档，可直接打开。',
    when: 'the contract is not archived and needs no request',
  },
  NOT_A_DRAFT: {
    en: 'A plan that is {status} is not submitted.',
    zh: '状态为 {status} 的计划不能提交。',
    when: 'the plan is not in a state to be submitted',
  },
  NOT_FOR_YOU: {
    en: '{what} is for {who}.',
    zh: '{what} 须由以下人员办理：{who}。',
    when: 'the record, or its step, is for other roles, posts or people',
  },
  NOT_HIGHER: {
    en: 'The ticket is at level {level} already.',
    zh: '工单已是 {level} 级。',
    when: 'the ticket is at this level or above',
  },
  NOT_IN_EXECUTION: {
    en: 'A plan that is {status} is not {done}.',
    zh: '状态为 {status} 的计划不在执行中（{done}）。',
    when: 'the plan was not approved, or is closed',
  },
  NOT_ON_AGENDA: {
    en: 'It is not on the agenda of that meeting.',
    zh: '该决议不在本次会议议程中。',
    when: 'the resolution is not among what this meeting has to hear',
  },
  NOT_BY_HAND: {
    en: 'A task of {origin} is not {done} by hand.',
    zh: '来源为 {origin} 的任务不能手工变更（{done}）。',
    when: 'the task is of a plan, a duty, a resolution or a sample, which say when and by whom it is done',
  },
  'NOT_OPEN/changed': {
    en: 'A task that is {status} is not {done}.',
    zh: '状态为 {status} 的任务不可变更（{done}）。',
    when: 'the task is done, skipped or cancelled',
  },
  NOT_OPEN: {
    en: 'A task that is {status} is not completed.',
    zh: '状态为 {status} 的任务不能完成。',
    when: 'the task is done, skipped or cancelled',
  },
  MEASURES_OPEN: {
    en: 'These measures have neither an outcome nor a reason: {measures}.',
    zh: '以下措施既无结果也无未执行原因：{measures}。',
    when: 'a plan is closed while measures have neither an outcome nor a reason',
  },
  NEWER_ASSESSMENT: {
    en: 'The customer was assessed anew since, and that was approved.',
    zh: '该客户此后已有新的评估并已批准。',
    when: 'an assessment is approved after a newer one of the same scheme',
  },
  NOT_PROPOSED: { en: 'It was submitted before.', zh: '该评估已提交。', when: 'the assessment was submitted before' },
  NOT_RETURNED: {
    en: 'An application that is {state} is not submitted again.',
    zh: '状态为 {state} 的申请不能再次提交。',
    when: 'the application was not returned, so it is not submitted again',
  },
  NO_ADDRESS: {
    en: 'The file has no number or address for this channel.',
    zh: '档案中没有该渠道的号码或地址。',
    when: 'the file has no number or address for the channel',
  },
  NO_CONSENT: {
    en: 'The customer has not agreed to VIP service.',
    zh: '客户未同意接受贵宾服务。',
    when: 'the customer has not agreed to VIP service',
  },
  NO_CUSTOMER_CONFIRMATION: {
    en: 'The customer has not confirmed to be satisfied.',
    zh: '客户尚未确认满意。',
    when: 'a plan of this kind begins after the customer confirmed it, or is closed after the customer said to be satisfied',
  },
  'NO_CUSTOMER_CONFIRMATION/begin': {
    en: 'The customer has not confirmed the plan: nothing of it is begun before.',
    zh: '客户尚未确认该计划，不得开始执行。',
    when: 'a plan of this kind begins after the customer confirmed it, or is closed after the customer said to be satisfied',
  },
  NO_EMERGENCY: {
    en: '{kind} may not be done before it is approved.',
    zh: '{kind} 未经批准不得先行执行。',
    when: 'the policy does not let it be done before it is approved',
  },
  NO_GROUND_TO_DISCLOSE: {
    en: 'Neither the law nor the customer allows it.',
    zh: '既无法律依据，也未经客户同意。',
    when: 'neither the law nor the customer allows data to go to a third party',
  },
  NO_OWNER: {
    en: 'A resolution is assigned before it is executed.',
    zh: '决议须先指派负责人再执行。',
    when: 'the resolution is assigned to somebody before it is executed',
  },
  NO_SATISFACTION_DATA: {
    en: 'Nobody was asked how satisfied they are; the report needs it.',
    zh: '本月没有满意度数据，报告需要该数据。',
    when: 'nobody was asked in the month how satisfied they are',
  },
  NO_SNOOZE: {
    en: 'The policy lets nobody put this alert off: acknowledge it.',
    zh: '策略不允许暂缓该预警，请直接确认。',
    when: 'the alert climbs no further, and its policy declares no longest snooze',
  },
  NO_SUMMARY: {
    en: 'The plan is summarised first: the summary precedes the improvement.',
    zh: '计划须先总结，再提出改进。',
    when: 'the plan was not summarised yet; the summary precedes the improvement',
  },
  NO_TIER: { en: 'The customer holds no tier.', zh: '客户没有等级。', when: 'the customer holds no tier' },
  ONE_BY_ONE: {
    en: 'Each {kind} is decided by itself, not together with others.',
    zh: '{kind} 须逐一审批，不可批量处理。',
    when: 'the policy has each of them decided by itself',
  },
  OPEN_TICKETS: {
    en: '{count} tickets of the customer are open; close them first.',
    zh: '客户有 {count} 个未关闭的工单，请先关闭。',
    when: 'tickets of the customer are open; a file with open tickets is not deleted',
  },
  OWN_REQUEST: {
    en: 'Whoever asks does not decide.',
    zh: '申请人不得审批自己的申请。',
    when: 'whoever asks does not decide',
  },
  PENDING_APPROVALS: {
    en: '{count} approvals about the customer are pending; decide them first.',
    zh: '客户有 {count} 项待审批事项，请先处理。',
    when: 'approvals about the customer are pending; such a file is not deleted',
  },
  PLAN_OVER: {
    en: 'The plan ended on {day}; confirm that it is spent after its end (afterEnd).',
    zh: '计划已于 {day} 结束；如确需在结束后支出，请确认（afterEnd）。',
    when: 'something is spent after the last day of the plan, without the confirmation of it',
  },
  REAL_NAME_NOT_VERIFIED: {
    en: 'The real name is not verified.',
    zh: '客户未完成实名认证。',
    when: "the customer's real name is not verified, or nobody has recorded that it is, where the scheme asks for it",
  },
  RECORD_IN_APPROVAL: {
    en: '{step} is being decided; until then the record stays as it is.',
    zh: '{step} 正在审批，在此之前记录不可变更。',
    when: 'a step of the record waits for its approval',
  },
  RECORD_NEEDED: {
    en: 'What was done has to be recorded with it: use recordDuty.',
    zh: '须同时登记所做的工作，请使用 recordDuty。',
    when: 'the duty is done by recording what it asks for, with `recordDuty`',
  },
  RECORD_OPEN: {
    en: '{kind} is open about the same already.',
    zh: '同一对象已有未结的 {kind}。',
    when: 'the kind has one open record about a subject at most',
  },
  RECORD_OVER: {
    en: 'The record is {state}.',
    zh: '该记录状态为 {state}，不可再变更。',
    when: 'the record is closed, rejected or cancelled',
  },
  REPORT_FILED: { en: 'This report was filed before.', zh: '该报告已提交。', when: 'the report was filed before' },
  RESOLUTION_DONE: {
    en: 'The resolution was executed before.',
    zh: '该决议已执行。',
    when: 'the resolution was executed before',
  },
  REVEAL_QUOTA: {
    en: 'You revealed {count} files within the last hour.',
    zh: '您在一小时内已查看 {count} 份完整档案。',
    when: 'too many files revealed within an hour',
  },
  RUN_STATE: {
    en: 'A run that is {state} cannot become {to}.',
    zh: '状态为 {state} 的评级批次不能变为 {to}。',
    when: 'the grading run is not in a state to be stopped or resumed',
  },
  RUN_STOPPED: {
    en: 'The run goes on elsewhere.',
    zh: '该评级批次已停止或在其他节点继续。',
    when: 'the grading run was stopped or goes on elsewhere',
  },
  RUN_UNDER_WAY: {
    en: 'A grading run over customers of yours is under way.',
    zh: '您所负责客户的评级批次正在进行。',
    when: 'a grading run of the line is under way',
  },
  SCHEME_GONE: {
    en: 'The scheme is no longer installed.',
    zh: '该评级体系已不再安装。',
    when: 'the scheme is no longer installed',
  },
  SEARCH_QUOTA: {
    en: 'You searched for {count} identifiers within the last minute.',
    zh: '您在一分钟内已按证件或号码查询 {count} 次。',
    when: 'too many searches for an identifier within a minute; an execution error of the query',
  },
  SHADOW_ENDED: {
    en: 'The shadow has ended: start another one.',
    zh: '该影子策略已结束，请另行启动。',
    when: 'a shadow is stopped or promoted that runs no more',
  },
  SHADOW_RUNNING: {
    en: 'The policy has a shadow already; stop it or promote it first.',
    zh: '该策略已有影子策略在运行，请先停止或转正。',
    when: 'a shadow is started where another one of the policy runs',
  },
  SHIFT_CHANGED: {
    en: 'One of the shifts changed since the swap was asked for; ask again.',
    zh: '申请换班后其中一个班次已变更，请重新申请。',
    when: 'a swap of shifts is approved of which one was changed meanwhile',
  },
  SHIFT_OVER: {
    en: 'The shift is over, or has begun.',
    zh: '该班次已结束或已开始。',
    when: 'a shift that is over is ended, or a swap is approved once one of its shifts has begun',
  },
  STEP_PASSED: {
    en: '{step} comes before a step that was taken.',
    zh: '{step} 应在已完成的步骤之前进行。',
    when: 'a later step of the record was taken',
  },
  STEP_SKIPPED: {
    en: '{missing} comes before {step}.',
    zh: '{step} 之前须先完成 {missing}。',
    when: 'a step of the record that comes before was not taken',
  },
  STEP_TAKEN: {
    en: '{step} was taken before.',
    zh: '{step} 已完成。',
    when: 'the step of the record was taken before',
  },
  SWAP_UNFIT: {
    en: 'One of the two left, lost the post, or no longer sees what comes of the shift.',
    zh: '其中一人已离职、不再担任该岗位，或已看不到该班次所涉事项。',
    when: 'a swap of shifts is approved after one of the two left, lost the post or moved',
  },
  TAKE_THE_STEP: {
    en: 'Taking the step of the record completes this task.',
    zh: '完成记录的该步骤后，此任务自动完成。',
    when: 'the task is of a step of a record, which completes it',
  },
  UPLOADS_WAIT: {
    en: '{count} files of yours wait to be attached; attach them, or wait until they are gone.',
    zh: '您已有 {count} 个文件等待关联，请先关联，或等待其过期清除。',
    when: 'a file is sent while as many wait to be attached as may',
  },
  WRONG_AUTHORITY: {
    en: 'It awaits the decision of {role}.',
    zh: '该步骤须由 {role} 审批。',
    when: 'the step awaits another role or place',
  },
  WRONG_LEAD: {
    en: 'This milestone is led by {role}.',
    zh: '该里程碑由 {role} 负责。',
    when: 'the milestone is led by another role',
  },
  YEAR_OVER: {
    en: 'The list of {year} is history.',
    zh: '{year} 年的名单已成历史。',
    when: 'the annual list is of a year that is over',
  },
} as const satisfies Readonly<Record<string, Refusal>>;

export type RefusalKey = keyof typeof REFUSALS;

/** The names in braces of a sentence. */
type Facts<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Facts<Rest>
  : never;

type FactsOf<Key extends RefusalKey> = Facts<(typeof REFUSALS)[Key]['en']>;

/**
 * A refusal by a rule of the platform itself, to be thrown.
 *
 * @param facts what stands in braces in its sentence; a text is told in the sentence's language
 */
export function refuse<Key extends RefusalKey>(
  key: Key,
  ...facts: [FactsOf<Key>] extends [never] ? [] : [facts: Readonly<Record<FactsOf<Key>, string | number | Text>>]
): Refused {
  const { en, zh }: Refusal = REFUSALS[key];
  const values: Readonly<Record<string, string | number | Text>> = facts[0] ?? {};
  const filled = (sentence: string, language: keyof Text) =>
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      return typeof value === 'object' ? value[language] : String(value);
    });
  return Refused.because(codeOf(key), { en: filled(en, 'en'), zh: filled(zh, 'zh') });
}

/** The code that clients see. */
export function codeOf(key: string): string {
  return key.split('/', 1)[0] ?? key;
}
