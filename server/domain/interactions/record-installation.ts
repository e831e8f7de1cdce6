import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { INSTALLATION_PARTS as PARTS } from '../tickets/installation.ts';
import { writeInteraction } from './write-interaction.ts';

/** What is recorded of an installation (S03-broadband-key-account, A-152); a part that is left out may follow later. */
export interface InstallationRecord {
  readonly ticketId: string;
  readonly result?: string | null;
  readonly customerReaction?: string | null;
  /** How the installer did. */
  readonly installerAssessment?: string | null;
  readonly installer?: string | null;
}

/** Records what came of an installation, as a visit about its ticket. Returns the interaction's id. */
export async function recordInstallation(
  services: Services,
  caller: Caller,
  input: InstallationRecord,
): Promise<string> {
  const act = Act.begin(services, caller, 'recordInteraction');
  const parts = checkedParts(input);
  const ticket = await act.found(
    'Ticket',
    act.prisma.ticket.findFirst({
      where: act.one(input.ticketId),
      select: { id: true, customerId: true, policyId: true, branchId: true, customer: { select: { erasedAt: true } } },
    }),
  );
  const { id: ticketId, customer, ...about } = ticket;
  refuseErased(customer);
  return writeInteraction(act, {
    ...about,
    action: 'RECORD_INSTALLATION',
    channel: 'VISIT',
    purpose: 'OTHER',
    summary: parts.map(([part, text]) => `${part}: ${text}`).join('; '),
    details: { kind: 'INSTALLATION', ...Object.fromEntries(parts) },
    ticketId,
  });
}

/** The parts that are recorded, each with its text. */
function checkedParts(input: InstallationRecord): (readonly [string, string])[] {
  const issues: Issue[] = PARTS.flatMap((part) =>
    (input[part]?.length ?? 0) > 1000 ? [{ path: `input.${part}`, message: 'is longer than 1,000 characters' }] : [],
  );
  const parts = PARTS.flatMap((part) => {
    const text = input[part]?.trim();
    return text ? [[part, text] as const] : [];
  });
  if (parts.length === 0) issues.push({ path: 'input', message: 'records nothing' });
  if (issues.length > 0) throw new InvalidInput(issues);
  return parts;
}
