import {
  type Because,
  type GuardFacts,
  type GuardOffer,
  type ReactFacts,
  type ReactOffer,
  type Role,
  type RouteFacts,
  type RouteOffer,
  refuse,
} from '../../../server/engine/policy/contract.ts';
import { mayApplyFor } from '../hotel.ts';

/** What may be begun, done and changed, by the other records that there are. */
export function recordGuard(facts: GuardFacts): Because<GuardOffer> | undefined {
  switch (facts.action) {
    case 'START_RECORD':
      return mayStart(facts);
    case 'ADVANCE_RECORD':
      return mayAdvance(facts);
    case 'CHANGE_RECORD':
      return mayChange(facts);
    case 'OPEN_TICKET':
      return mayOpenTicket(facts);
    case 'CREATE_CUSTOMER':
    case 'UPDATE_CUSTOMER':
      return facts.input.managedByAnother ? MANAGED_BY_ANOTHER : undefined;
    default:
      return undefined;
  }
}

/** Managers do not conflict with others' customers (S04-hotel-sales-cm, A-191). */
const MANAGED_BY_ANOTHER = refuse('MANAGED_BY_ANOTHER', {
  en: 'Another manager manages this customer already.',
  zh: '该客户已由其他客户经理负责。',
});

function mayStart({
  input,
  customer,
  viewer,
}: Extract<GuardFacts, { action: 'START_RECORD' }>): Because<GuardOffer> | undefined {
  switch (input.kind) {
    case 'RECEPTION':
      return mayApplyFor(String(input.fields.level), viewer.roles);
    case 'INTERNAL_SERVICE':
      if (customer?.kind === 'INTERNAL') return undefined;
      return refuse('NOT_INTERNAL', {
        en: 'Only a department or person of the company is an internal customer.',
        zh: '内部客户须为本公司部门或人员。',
      });
    case 'AGREEMENT_PRICE':
      if (customer?.kind === 'INSTITUTION') return undefined;
      return refuse('NO_AGREEMENT_PRICE', {
        en: 'There is no agreement price for individuals; a unit may ask for one.',
        zh: '个人客户不享受协议价，仅单位可申请。',
      });
    case 'PENALTY':
      return mayPenalise(input.earlier);
    default:
      return undefined;
  }
}

type Earlier = Extract<GuardFacts, { action: 'START_RECORD' }>['input']['earlier'];

/** After a poor assessment come guidance and training; a penalty only afterwards (S04-key-account-cm-b, A-197). */
function mayPenalise(earlier: Earlier): Because<GuardOffer> | undefined {
  const isSanctioned = earlier.some(({ kind, state }) => kind === 'BREACH' && state === 'CLOSED');
  // The latest come first: what stands before the first poor assessment came after it.
  const poor = earlier.findLastIndex(({ fields, state }) => fields.result === 'POOR' && state === 'CLOSED');
  const isGuided = earlier.some(({ kind, state }, index) => kind === 'GUIDANCE' && state === 'CLOSED' && index < poor);
  if (isSanctioned || isGuided) return undefined;
  return refuse('GUIDANCE_FIRST', {
    en: 'After a poor assessment come guidance and training; a penalty only afterwards.',
    zh: '考核较差的，先辅导培训，之后方可处罚。',
  });
}

function mayAdvance({ input }: Extract<GuardFacts, { action: 'ADVANCE_RECORD' }>): Because<GuardOffer> | undefined {
  const { kind, step, steps, said, fields } = input;
  if (kind === 'RECEPTION' && step === 'PLANNED' && fields.level === 'VA' && !steps.includes('DATA_REQUESTED'))
    return refuse('DATA_NOT_REQUESTED', {
      en: 'For a VA the sending unit is asked for data, itinerary, arrangements and lodging first.',
      zh: 'VA 级须先向派出单位征询资料、日程、安排和住宿要求。',
    });
  if (kind === 'BUSINESS_SERVICE' && step === 'FOLLOWED_UP' && said.COMPLIANCE_CHECKED?.compliant === false)
    return refuse('NOT_COMPLIANT', {
      en: 'The business did not pass the compliance check.',
      zh: '业务未通过合规审核。',
    });
  if (kind === 'PROBATION' && step === 'CONFIRMED' && said.EVALUATED?.passed !== true)
    return refuse('PROBATION_NOT_PASSED', {
      en: 'Confirmation depends on the evaluation, which was not passed.',
      zh: '考核未合格，不予转正。',
    });
  return undefined;
}

/** Equipment is replaced after its replacement was approved (S04-terminal-store, A-196). */
function mayChange({ input }: Extract<GuardFacts, { action: 'CHANGE_RECORD' }>): Because<GuardOffer> | undefined {
  if (input.kind !== 'EQUIPMENT' || input.status !== 'REPLACED') return undefined;
  const isApproved = input.earlier.some(
    ({ kind, isPart, steps }) => kind === 'EQUIPMENT_REPLACEMENT' && isPart && steps.includes('APPROVED'),
  );
  if (isApproved) return undefined;
  return refuse('REPLACEMENT_NOT_APPROVED', {
    en: 'A replacement of equipment is reported beforehand and approved.',
    zh: '设备更换须事先上报并经批准。',
  });
}

/** A department is recognised and classified before it is served (S00-internal-customer, A-177). */
function mayOpenTicket({ customer, records = [] }: GuardFacts): Because<GuardOffer> | undefined {
  if (customer?.kind !== 'INTERNAL') return undefined;
  const services = records.filter(({ kind, state }) => kind === 'INTERNAL_SERVICE' && state !== 'CANCELLED');
  if (services.some(({ steps }) => steps.includes('CLASSIFIED'))) return undefined;
  if (services.some(({ steps }) => steps.includes('RECOGNISED')))
    return refuse('NOT_CLASSIFIED', {
      en: 'The internal customer is classified before it is served.',
      zh: '内部客户须先分类，再提供服务。',
    });
  return refuse('NOT_RECOGNISED', {
    en: 'The internal customer is recognised and classified before it is served.',
    zh: '内部客户须先认定、分类，再提供服务。',
  });
}

/** Who decides about records: the department manager about agreement prices, and the shop's superior about its equipment. */
export function recordRoute({ kind }: RouteFacts): Because<RouteOffer> | undefined {
  const role: Role = 'SUPERVISOR';
  if (kind === 'AGREEMENT_PRICE')
    return {
      answer: { steps: [{ role, where: 'SAME_BRANCH' }] },
      because: {
        en: 'The department manager approves an agreement price before it is signed.',
        zh: '协议价签订前须经部门经理批准。',
      },
    };
  if (kind !== 'EQUIPMENT_REPLACEMENT') return undefined;
  return {
    answer: { steps: [{ role, where: 'LINE' }] },
    because: {
      en: 'A replacement of equipment is reported beforehand and approved.',
      zh: '设备更换须事先上报并经批准。',
    },
  };
}

/** A signed contract makes a formal customer; a poor assessment asks for guidance. */
export function recordReact({ event, customer }: ReactFacts): Because<ReactOffer> | undefined {
  if (event.kind === 'CONTRACT_FILED' && customer?.stage === 'POTENTIAL')
    return { answer: { stage: 'FORMAL' }, because: { en: 'A contract was signed.', zh: '已签订合同。' } };
  const isPoor = event.kind === 'RECORD_STARTED' && event.fields?.result === 'POOR';
  if (!isPoor) return undefined;
  const because = { en: 'Guidance and training follow a poor assessment.', zh: '考核较差，须辅导培训。' };
  return { answer: { records: [{ kind: 'GUIDANCE', fields: { topic: `${because.en} ${because.zh}` } }] }, because };
}
