import {
  type ApplicationDeclaration,
  type Because,
  type RouteFacts,
  type RouteOffer,
  z,
} from '../../server/engine/policy/contract.ts';

const text = z.string().trim().min(1, 'is empty').max(2000);

/** The special-customer form: what a service is applied for with, before anything is activated. */
export const applications = {
  SERVICE_APPLICATION: {
    label: { en: 'Special-customer service', zh: '特约用户业务申请' },
    about: 'CUSTOMER',
    fields: z
      .object({
        type: z.enum(['NEW', 'RENEWAL']).describe('New service or renewal (新开、续期).'),
        requestingDepartment: text.optional().describe('Requesting department (申请部门).'),
        specialContribution: z.boolean().optional().describe('Special contribution (特殊贡献).'),
        onNetwork: z.boolean().optional().describe('On our network (是否网内).'),
        deviceType: text.describe('Device type (设备类型).'),
        programmeTypes: z.array(text).min(1, 'is empty').describe('Programme types (节目类型).'),
        periodFrom: z.iso.date().describe('First day of the period (使用期限起).'),
        periodTo: z.iso.date().describe('Last day of the period (使用期限止).'),
      })
      .refine(({ periodFrom, periodTo }) => periodFrom <= periodTo, {
        message: 'lies before periodFrom',
        path: ['periodTo'],
      }),
  },
} as const satisfies Readonly<Record<string, ApplicationDeclaration>>;

/** Nothing is activated without the leader's signature. */
export function route({ kind }: RouteFacts): Because<RouteOffer> | undefined {
  if (kind !== 'SERVICE_APPLICATION') return undefined;
  return {
    answer: { steps: [{ role: 'SUPERVISOR', where: 'SAME_BRANCH' }] },
    because: {
      en: "A service is activated after the approving leader's signature.",
      zh: '特约用户业务须经审批领导签字后方可开通。',
    },
  };
}
