import { type Because, type GuardOffer, type Role, refuse } from '../../server/engine/policy/contract.ts';

/** A level of hotel VIPs: which posts may apply for it, and which approves (S03-hotel-vip-reception). */
interface HotelLevel {
  readonly mayApply: readonly Role[];
  readonly approves: Role;
}

/**
 * The hotel's posts as roles: general manager and chairman EXECUTIVE, resident manager DIRECTOR, PR & marketing manager
 * and department managers SUPERVISOR, front-desk supervisors CUSTOMER_MANAGER.
 */
export const HOTEL_LEVELS: Readonly<Record<string, HotelLevel>> = {
  VA: { mayApply: ['EXECUTIVE', 'DIRECTOR', 'SUPERVISOR'], approves: 'EXECUTIVE' },
  VB: { mayApply: ['DIRECTOR', 'SUPERVISOR'], approves: 'EXECUTIVE' },
  VC: { mayApply: ['EXECUTIVE', 'DIRECTOR', 'SUPERVISOR'], approves: 'DIRECTOR' },
  VD: { mayApply: ['EXECUTIVE', 'DIRECTOR', 'SUPERVISOR', 'CUSTOMER_MANAGER'], approves: 'SUPERVISOR' },
};

/** Refuses who may not apply for a level; undefined for who may, and for what is no level. */
export function mayApplyFor(
  level: string,
  roles: readonly Role[],
  posts: readonly Role[] | undefined = HOTEL_LEVELS[level]?.mayApply,
): Because<GuardOffer> | undefined {
  if (!posts || roles.some((role) => posts.includes(role))) return undefined;
  return refuse('MAY_NOT_APPLY', {
    en: `${level} is applied for by ${posts.join(', ')}.`,
    zh: `${level} 级须由以下岗位申请：${posts.join('、')}。`,
  });
}
