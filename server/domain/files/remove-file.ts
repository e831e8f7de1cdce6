import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { Role } from '../../platform/values/enums.ts';
import { Conflict, Forbidden } from '../../platform/values/errors.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { tellTicket } from './attach-file.ts';
import { visibleFiles } from './file-scope.ts';
import { COLUMN_OF, type SubjectType, subjectOfFiles } from './subject-of-files.ts';

/** Who removes what others attached. Ours. */
const LEADERS: readonly Role[] = ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'];

/**
 * Removes a file: its content is gone at once, its name stays with who removed it and why.
 *
 * @throws {Forbidden} somebody else attached it and the actor leads nobody, or it is about the actor
 * @throws {Conflict} it was removed in the meantime
 */
export async function removeFile(
  services: Services,
  caller: Caller,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<string> {
  const act = Act.begin(services, caller, 'keepFiles');
  requireReason(reason);
  const where = { AND: [{ id }, visibleFiles(services.policies, act.actor)] };
  const file = await act.found('Attachment', act.prisma.attachment.findFirst({ where }));
  const [type, subjectId] = subjectIn(file);
  const subject = await subjectOfFiles(act, type, subjectId);
  const leads = act.actor.roles.some((role) => LEADERS.includes(role)) && subject.personId !== act.actor.id;
  if (file.attachedById !== act.actor.id && !leads)
    throw new Forbidden('A file is removed by whoever attached it, or by a supervisor.');
  if (file.removedAt) throw new Conflict(null, 'The file was removed before.');
  const told = await tellTicket(act, subject, { from: file.name, to: null });
  const changes = [{ field: 'file', before: id, after: null }];
  await act.commit({
    audit: act.audit('REMOVE_FILE', subject, { reason: reason.trim(), changes }),
    async change(tx) {
      const { count } = await tx.attachment.updateMany({
        where: { id, removedAt: null },
        data: { removedAt: act.now, removedById: act.actor.id, removalReason: reason.trim() },
      });
      if (count === 0) throw new Conflict(null, 'The file was removed before.');
      await tx.storedFilePiece.deleteMany({ where: { fileId: id } });
      await told?.write(tx);
    },
    ...(told && { announces: told.announces, alerts: told.alerts }),
  });
  return id;
}

/** What a file belongs to. */
export function subjectIn(
  file: Readonly<Record<(typeof COLUMN_OF)[SubjectType], string | null>>,
): [type: SubjectType, id: string] {
  for (const type of Object.keys(COLUMN_OF) as SubjectType[]) {
    const id = file[COLUMN_OF[type]];
    if (id !== null) return [type, id];
  }
  throw new Error('a file belongs to nothing');
}
