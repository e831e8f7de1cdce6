import {
  type Because,
  Decimal,
  hours,
  type RouteFacts,
  type RouteOffer,
  type Text,
} from '../../server/engine/policy/contract.ts';
import type { Parameters } from './parameters.ts';

type Step = RouteOffer['steps'][number];

const SUPERVISOR: Step = { role: 'SUPERVISOR', where: 'LINE' };
const COMMAND_CENTER: Step = { role: 'COMMAND_CENTER', where: 'LINE' };
/** The department of head office that owns the matter: personal banking, corporate banking, bank card department. */
const HEAD_OFFICE: Step = { role: 'DIRECTOR', where: 'HEAD_OFFICE' };
/** Another department of head office looks at it first. */
const HEAD_OFFICE_REVIEW: Step = { role: 'SUPERVISOR', where: 'HEAD_OFFICE' };

/** Schemes whose tiers head office itself approves. */
const OF_HEAD_OFFICE: readonly unknown[] = ['personal', 'corporate'];

/** Who decides: plans, ratings, exceptions, expenses, purchases, archives, authorities; and how long each step may take. */
export function route(facts: RouteFacts, parameters: Parameters): Because<RouteOffer> | undefined {
  const routed = stepsOf(facts, parameters);
  if (!routed || !('approvalHours' in parameters)) return routed;
  const within = { target: hours(parameters.approvalHours), atRisk: [80] };
  const steps = routed.answer.steps.map((step) => ({ ...step, within }));
  return { ...routed, answer: { ...routed.answer, steps } };
}

function stepsOf(facts: RouteFacts, parameters: Parameters): Because<RouteOffer> | undefined {
  const { kind, customer, request } = facts;
  switch (kind) {
    case 'PLAN':
      return planRoute(facts);
    case 'ASSESSMENT':
      return ratingRoute(facts);
    case 'GRADE_EXCEPTION': {
      const executive = request.scheme === 'personal' && customer?.profile.executiveOfCorporateCustomer === true;
      const because: Text = executive
        ? {
            en: 'Corporate banking reviews the application of an executive, personal banking approves it.',
            zh: '企业高管的申请先由公司银行部审核，再由个人银行部审批。',
          }
        : { en: 'Head office decides exceptions, each by itself.', zh: '例外准入由总部主管部门逐户审批。' };
      return {
        answer: { steps: executive ? [HEAD_OFFICE_REVIEW, HEAD_OFFICE] : [HEAD_OFFICE], oneByOne: true },
        because,
      };
    }
    case 'EXPENSE':
      return expenseRoute(facts, parameters);
    case 'PROCUREMENT':
      return decided(['DIRECTOR', 'FINANCE', 'EXECUTIVE'], {
        en: 'Three signatures in order: department head, finance, CEO.',
        zh: '采购须依次由部门负责人、财务、CEO三方签字。',
      });
    case 'ARCHIVE_ACCESS':
      return decided(['DIRECTOR'], {
        en: 'The director alone opens archived contracts.',
        zh: '归档合同仅总监有权调阅，其他人员须申请。',
      });
    case 'AUTHORITY_CHANGE':
    case 'PROCESS_CHANGE':
      return decided(['EXECUTIVE'], {
        en: 'Top management approves a change of process or authority.',
        zh: '流程或权限变更须经高层批准。',
      });
    default:
      return undefined;
  }
}

function decided(roles: readonly Step['role'][], because: Text): Because<RouteOffer> {
  return { answer: { steps: roles.map((role) => ({ role, where: 'LINE' })) }, because };
}

/**
 * The command centre approves plans; each department that the plan touches reviews it before. Where both
 * do, personal banking's is its director's: nobody reviews for two departments.
 */
function planRoute({ customer, request }: RouteFacts): Because<RouteOffer> {
  const { internationalBusiness, executiveOfCorporateCustomer } = customer?.profile ?? {};
  const parts: readonly unknown[] = Array.isArray(request.parts) ? request.parts : [];
  const international = internationalBusiness === true || parts.includes('INTERNATIONAL_BUSINESS');
  const executives = executiveOfCorporateCustomer === true || parts.includes('EXECUTIVES');
  if (international && executives) {
    return {
      answer: { steps: [HEAD_OFFICE_REVIEW, HEAD_OFFICE, COMMAND_CENTER] },
      because: {
        en: 'The international department, then personal banking review the plan, the command centre approves it.',
        zh: '服务方案先后由国际业务部和个人银行部审核，再由指挥中心审批。',
      },
    };
  }
  const reviewed = international || executives;
  return {
    answer: { steps: reviewed ? [HEAD_OFFICE_REVIEW, COMMAND_CENTER] : [COMMAND_CENTER] },
    because: reviewed
      ? {
          en: 'The international or personal banking department reviews the plan, the command centre approves it.',
          zh: '服务方案先由国际业务部或个人银行部审核，再由指挥中心审批。',
        }
      : { en: 'The command centre approves maintenance plans.', zh: '客户关系维护方案由指挥中心审批。' },
  };
}

/** The manager proposes, the supervisor rates, the command centre approves, or head office where the tier is its own. */
function ratingRoute({ requester, request }: RouteFacts): Because<RouteOffer> | undefined {
  // Head office fixes the corporate list; where it has a run follow the list, nobody above is left to ask.
  if (request.byRun === true && request.scheme === 'corporate' && requester.atHeadOffice) return undefined;
  const last = OF_HEAD_OFFICE.includes(request.scheme) ? HEAD_OFFICE : COMMAND_CENTER;
  const proposed = requester.roles.includes('CUSTOMER_MANAGER') && !requester.roles.includes('SUPERVISOR');
  return {
    answer: { steps: proposed ? [SUPERVISOR, last] : [last] },
    because:
      last === HEAD_OFFICE
        ? {
            en: 'The supervisor rates, the department of head office approves.',
            zh: '由客户经理主管评定，总行主管部门审批。',
          }
        : {
            en: 'The customer manager proposes, the supervisor rates, the command centre approves.',
            zh: '客户经理提出，客户经理主管评定，指挥中心审批。',
          },
  };
}

/** Posts in the order of their authority; the director has no band unless one is decided. */
const BY_AUTHORITY = ['CUSTOMER_MANAGER', 'SUPERVISOR', 'DIRECTOR'] as const;

/** By amount, cumulated so that splitting does not lower the authority: specialist, manager, CEO. */
function expenseRoute(
  { amount, cumulated, currency, limits = [] }: RouteFacts,
  { specialistLimit, managerLimit, ratifyWithinDays }: Parameters,
): Because<RouteOffer> {
  const total = { amount: new Decimal(cumulated ?? amount ?? 0), currency };
  const within = BY_AUTHORITY.find((role) => mayDecide(role, total, limits, { specialistLimit, managerLimit }));
  return {
    answer: { steps: [{ role: within ?? 'EXECUTIVE', where: 'LINE' }], ratifyWithinDays },
    because:
      limits.length > 0
        ? { en: 'By the authority limits in force.', zh: '按现行授权额度审批。' }
        : isForeign(total)
          ? { en: 'Nobody below the CEO has a limit in this currency.', zh: '该币种未设授权额度，由CEO签字。' }
          : {
              en: `Below ${specialistLimit} a specialist decides, up to ${managerLimit} a manager, above the CEO.`,
              zh: `低于 ${specialistLimit} 元由专员审批，${managerLimit} 元及以下由经理审批，超过由CEO签字。`,
            },
  };
}

/** A limit that was decided in writing; `upTo` is inclusive, null without limit. */
export interface DecidedLimit {
  readonly role: string;
  readonly upTo: string | null;
}

/** What an expense adds up to; CNY where no currency is said. */
interface Total {
  readonly amount: Decimal;
  readonly currency?: string | null | undefined;
}

/** The limits of the parameters are CNY, and there is no rate by which they would hold for another currency. */
function isForeign({ currency }: Total): boolean {
  return (currency ?? 'CNY') !== 'CNY';
}

/**
 * Whether a post decides about an expense: by the limit that was decided for it in writing, else by the parameters.
 *
 * @param limits of the currency of the total
 */
export function mayDecide(
  role: (typeof BY_AUTHORITY)[number],
  total: Total,
  limits: readonly DecidedLimit[],
  { specialistLimit, managerLimit }: Pick<Parameters, 'specialistLimit' | 'managerLimit'>,
): boolean {
  const decided = limits.find((limit) => limit.role === role);
  if (decided) return decided.upTo === null || total.amount.lte(decided.upTo);
  if (isForeign(total)) return false;
  if (role === 'CUSTOMER_MANAGER') return total.amount.lt(specialistLimit);
  return role === 'SUPERVISOR' && total.amount.lte(managerLimit);
}
