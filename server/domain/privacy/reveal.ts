import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { identifierPlace } from '../customers/identifiers.ts';
import { unsealProfile } from '../customers/profile.ts';
import { countRecent } from './file-quota.ts';
import { visibleFile } from './visible-file.ts';

/** How long clear values may stand on a screen. */
const REVEAL_MINUTES = 5;
/** Reveals of one person within an hour. */
const REVEALS_PER_HOUR = 30;

/** The clear values of a customer's identifiers, once, for a reason; each reveal is in the audit trail. */
export async function revealCustomer(services: Services, caller: Caller, id: string, reason: string) {
  const act = Act.begin(services, caller, 'revealCustomer');
  requireReason(reason, 'reason');
  const customer = await visibleFile(act, id, act.prisma.customer.findFirst({ where: act.one(id) }));
  const { policyId, branchId } = customer;
  await act.commit({
    audit: act.audit('REVEAL_CUSTOMER', { type: 'Customer', id, policyId, branchId }, { reason }),
    async change(tx) {
      const count = await countRecent(tx, act, 'REVEAL_CUSTOMER', 3_600_000);
      if (count >= REVEALS_PER_HOUR) throw refuse('REVEAL_QUOTA', { count: REVEALS_PER_HOUR });
    },
  });
  const { sealer } = services;
  const clear = (sealed: string | null, field: string) => sealed && sealer.open(sealed, identifierPlace(id, field));
  const { sensitive = [] } = services.policies.get(policyId)?.declaration ?? {};
  const known = Object.entries(unsealProfile(sealer, id, customer.profile));
  const profile = Object.fromEntries(known.filter(([field]) => sensitive.includes(field)));
  const { address } = profile;
  return {
    name: customer.name,
    phone: clear(customer.phoneSealed, 'phone'),
    email: clear(customer.emailSealed, 'email'),
    idNumber: clear(customer.idNumberSealed, 'idNumber'),
    address: typeof address === 'string' ? address : null,
    profile,
    expiresAt: new Date(act.now.getTime() + REVEAL_MINUTES * 60_000),
  };
}
