import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { referenceOf } from '../../platform/values/ids.ts';
import { type PreparedMove, prepareMove } from '../tickets/transition.ts';
import { baseName, checkName } from './rules.ts';
import { COLUMN_OF, type SubjectOfFiles, type SubjectType, subjectOfFiles } from './subject-of-files.ts';

export interface NewAttachment {
  readonly subject: { readonly type: SubjectType; readonly id: string };
  /** The global id that its sender was answered with. */
  readonly uploadId: string;
  readonly name: string;
}

/**
 * Attaches a file that the actor sent to a ticket, a plan, a record or a contract. Returns its id, which is the upload's own.
 *
 * @throws {InvalidInput} no file of the actor waits under the id, or its name says something else than its content
 */
export async function attachFile(services: Services, caller: Caller, input: NewAttachment): Promise<string> {
  const act = Act.begin(services, caller, 'keepFiles');
  const subject = await subjectOfFiles(act, input.subject.type, input.subject.id);
  const id = referenceOf('StoredFile', input.uploadId, 'input.uploadId');
  const sent = { id, uploadedById: act.actor.id, completedAt: { not: null }, attachment: { is: null } };
  const upload = await act.prisma.storedFile.findFirst({ where: sent });
  if (!upload) throw notWaiting();
  const name = baseName(input.name);
  const issues = checkName(name, upload.extension);
  if (issues.length > 0) throw new InvalidInput(issues);
  const { policyId, branchId, customerId } = subject;
  const { mediaType, size } = upload;
  const writes = new WriteSet().insert('attachment', {
    id,
    policyId,
    branchId,
    customerId,
    [COLUMN_OF[subject.type]]: subject.id,
    name,
    mediaType,
    size,
    attachedById: act.actor.id,
    attachedAt: act.now,
  });
  const told = await tellTicket(act, subject, { from: null, to: name });
  const changes = [{ field: 'file', before: null, after: id }];
  try {
    await act.commit({
      answer: id,
      audit: act.audit('ATTACH_FILE', subject, { changes }),
      writes,
      change: async (tx) => told?.write(tx),
      ...(told && { announces: told.announces, alerts: told.alerts }),
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw notWaiting();
    throw error;
  }
  return id;
}

function notWaiting(): InvalidInput {
  return new InvalidInput([{ path: 'input.uploadId', message: 'is no file of yours that waits to be attached' }]);
}

/** What stands in a ticket's timeline of a file that comes or goes; null of other things. */
export async function tellTicket(
  act: Act,
  subject: Pick<SubjectOfFiles, 'type' | 'id'>,
  change: { readonly from: string | null; readonly to: string | null },
): Promise<PreparedMove | null> {
  if (subject.type !== 'Ticket') return null;
  const event = { kind: 'UPDATED' as const, text: 'file', ...change };
  return prepareMove(act, subject.id, () => ({ move: 'attach', events: [event] }));
}
