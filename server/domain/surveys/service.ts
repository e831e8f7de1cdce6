import type { Channel } from '../../../prisma/generated/client/enums.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks, subjectClockRow } from '../../engine/sla/subject-clock.ts';
import { visible } from '../../platform/access/scope.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor } from '../customers/find-customer.ts';
import { proposeFollowUp } from '../interactions/follow-up.ts';

export interface NewSurveyResponse {
  readonly customerId: string;
  readonly ticketId?: string | null;
  readonly topic: string;
  /** 1 to 5. */
  readonly score: number;
  readonly comment?: string | null;
  readonly channel: Channel;
}

/** Records what a customer answered. Returns the response's id. */
export async function submitSurveyResponse(
  services: Services,
  caller: Caller,
  input: NewSurveyResponse,
): Promise<string> {
  const act = Act.begin(services, caller, 'surveyCustomers');
  const customer = await checkResponse(act, input);
  const id = newId();
  const about = { policyId: customer.policyId, branchId: customer.branchId, customerId: customer.id };
  const writes = new WriteSet();
  // Who is dissatisfied is, however they said so: on the telephone or on a form.
  const said = { channel: input.channel, purpose: 'SURVEY', openQuestion: false, satisfaction: input.score } as const;
  const facts = customerFacts(act.policyOf(customer).declaration, customer);
  await proposeFollowUp(act, writes, { interactionId: id, customer, facts }, said);
  await act.commit({
    answer: id,
    audit: act.audit('SUBMIT_SURVEY_RESPONSE', { type: 'SurveyResponse', id, ...about }),
    writes,
    alerts: true,
    async change(tx) {
      await tx.surveyResponse.create({
        data: {
          id,
          ...about,
          ticketId: input.ticketId ?? null,
          topic: input.topic.trim(),
          score: input.score,
          comment: input.comment ?? null,
          channel: input.channel,
          submittedAt: act.now,
        },
        select: { id: true },
      });
    },
  });
  return id;
}

/** The customer who answered. */
async function checkResponse({ services, actor, prisma }: Act, input: NewSurveyResponse) {
  const issues: Issue[] = [];
  if (input.topic.trim() === '') throw new InvalidInput([{ path: 'input.topic', message: 'is empty' }]);
  if (input.score < 1 || input.score > 5) issues.push({ path: 'input.score', message: 'is not between 1 and 5' });
  const [customer, ticket] = await Promise.all([
    customerFor(services.database, actor, input.customerId, CUSTOMER_FACTS),
    input.ticketId ? prisma.ticket.findUnique({ where: { id: input.ticketId }, select: { customerId: true } }) : null,
  ]);
  if (!customer) throw new NotFound('Customer');
  const topics = services.policies.get(customer.policyId)?.declaration.surveyTopics;
  if (topics && !Object.hasOwn(topics, input.topic.trim()))
    issues.push({ path: 'input.topic', message: `is none of ${Object.keys(topics).join(', ')}` });
  if (input.ticketId && ticket?.customerId !== customer.id)
    issues.push({ path: 'input.ticketId', message: 'is no ticket of the customer' });
  if (issues.length > 0) throw new InvalidInput(issues);
  return customer;
}

export interface NewImprovementMeasure {
  readonly policyId: string;
  readonly finding: string;
  readonly measure: string;
  readonly ownerId: string;
  readonly dueOn: Date;
  readonly surveyResponseIds?: readonly string[] | null;
}

/** Takes a measure from what surveys found, with an owner and a date. Returns its id. */
export async function addImprovementMeasure(
  services: Services,
  caller: Caller,
  input: NewImprovementMeasure,
): Promise<string> {
  const act = Act.begin(services, caller, 'surveyCustomers');
  const policy = businessLine(services.policies.get(input.policyId), input.policyId);
  const responses = [...new Set(input.surveyResponseIds ?? [])];
  await checkMeasure(act, input, policy.declaration.id, responses);
  const id = newId();
  const about = { policyId: policy.declaration.id, branchId: act.actor.branchId };
  const due = measureClock(act, policy, { ...input, id });
  await act.commit({
    answer: id,
    audit: act.audit('ADD_IMPROVEMENT_MEASURE', { type: 'ImprovementMeasure', id, ...about }),
    async change(tx) {
      await tx.subjectClock.create({ data: due, select: { id: true } });
      await tx.improvementMeasure.create({
        data: {
          id,
          ...about,
          finding: input.finding.trim(),
          measure: input.measure.trim(),
          ownerId: input.ownerId,
          dueOn: input.dueOn,
          status: 'OPEN',
          createdAt: act.now,
        },
        select: { id: true },
      });
      await tx.surveyResponse.updateMany({ where: { id: { in: responses } }, data: { improvementId: id } });
    },
  });
  return id;
}

async function checkMeasure(
  { actor, prisma, services }: Act,
  input: NewImprovementMeasure,
  policyId: string,
  responses: string[],
): Promise<void> {
  const issues: Issue[] = [];
  if (!actor.policyIds.includes(policyId))
    issues.push({ path: 'input.policyId', message: 'is not run at your branch' });
  if (input.finding.trim() === '') issues.push({ path: 'input.finding', message: 'is empty' });
  if (input.measure.trim() === '') issues.push({ path: 'input.measure', message: 'is empty' });
  const [unfit, found] = await Promise.all([
    checkGiven(services, { policyId, branchId: actor.branchId }, [
      { work: 'IMPROVEMENT', staffId: input.ownerId, path: 'input.ownerId' },
    ]),
    prisma.surveyResponse.count({ where: { AND: [{ id: { in: responses }, policyId }, visible(actor)] } }),
  ]);
  issues.push(...unfit);
  if (found < responses.length)
    issues.push({ path: 'input.surveyResponseIds', message: 'names a response that does not exist' });
  if (issues.length > 0) throw new InvalidInput(issues);
}

/** The clock that runs until a measure is carried out: through the day that is named. */
function measureClock(
  { services, actor, now }: Act,
  { declaration, version }: InstalledPolicy,
  {
    id,
    measure,
    ownerId,
    dueOn,
  }: Pick<NewImprovementMeasure, 'measure' | 'ownerId' | 'dueOn'> & { readonly id: string },
) {
  const days = Math.max(0, Math.round((dueOn.getTime() - dateIn(now, zoneOf(declaration)).getTime()) / 86_400_000));
  const title = measure.trim().slice(0, 80);
  const about = {
    key: improvementKey(id),
    subject: { type: 'ImprovementMeasure', id },
    policyId: declaration.id,
    branchId: actor.branchId,
    assigneeId: ownerId,
    alertKind: 'TASK_OVERDUE' as const,
    label: { en: `Improvement: ${title}`, zh: `改进措施：${title}` },
    audience: ['SUPERVISOR'] as const,
    policyVersion: version,
    within: { target: { kind: 'END_OF_DAY' as const, days, count: 'CALENDAR' as const } },
  };
  return subjectClockRow(services.calendars, about, now);
}

/** The key of the clock that runs until a measure is carried out. */
function improvementKey(id: string): string {
  return `improvement:${id}`;
}

/**
 * Closes an improvement measure with the effect that it had, or as given up.
 *
 * @throws {Refused} MEASURE_CLOSED
 */
export async function closeImprovementMeasure(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly effect: string; readonly givenUp?: boolean | null },
): Promise<string> {
  const act = Act.begin(services, caller, 'surveyCustomers');
  const effect = input.effect.trim();
  if (effect === '') throw new InvalidInput([{ path: 'input.effect', message: 'is empty' }]);
  const found = await act.found(
    'ImprovementMeasure',
    act.prisma.improvementMeasure.findFirst({ where: act.one(input.id) }),
  );
  if (found.status !== 'OPEN') throw refuse('MEASURE_CLOSED', { status: found.status });
  const { id, policyId, branchId } = found;
  const status = input.givenUp === true ? 'CANCELLED' : 'DONE';
  await act.commit({
    audit: act.audit(
      'CLOSE_IMPROVEMENT_MEASURE',
      { type: 'ImprovementMeasure', id, policyId, branchId },
      { changes: [{ field: 'status', before: 'OPEN', after: status }] },
    ),
    alerts: true,
    async change(tx) {
      const { count } = await tx.improvementMeasure.updateMany({
        where: { id, status: 'OPEN' },
        data: { status, effect, closedAt: act.now },
      });
      if (count === 0) throw new Conflict(null);
      await endSubjectClocks(tx, [improvementKey(id)], status === 'DONE' ? 'FULFILLED' : 'CANCELLED', act.now);
    },
  });
  return id;
}
