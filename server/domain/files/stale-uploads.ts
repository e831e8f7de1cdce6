import type { Job } from '../../engine/services/job.ts';
import { WAITS_MS } from './rules.ts';

/** Milliseconds between two looks. */
const EVERY_MS = 60_000;

/** Removes files that nobody attached, and what was left of those that broke off. */
export function staleUploads(): Job {
  let nextLook = 0;
  return {
    name: 'files.stale-uploads',
    async run({ clock, database, log }) {
      if (!clock.held && performance.now() < nextLook) return;
      nextLook = performance.now() + EVERY_MS;
      const sentBefore = new Date(clock.now().getTime() - WAITS_MS);
      const where = { uploadedAt: { lt: sentBefore }, attachment: { is: null } };
      const { count } = await database.prisma.storedFile.deleteMany({ where });
      if (count > 0) log.info({ count }, 'files that nobody attached were removed');
    },
  };
}
