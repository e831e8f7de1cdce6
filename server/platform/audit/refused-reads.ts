import type { Logger } from 'pino';
import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Actor } from '../access/actor.ts';
import { isRehearsing } from '../storage/rehearsal/rehearsal-scope.ts';
import { asApplication } from '../storage/viewers/viewer-rows.ts';
import type { Clock } from '../values/wall-clock.ts';
import { writeAudit } from './audit.ts';

/** What of the services it takes. */
interface Parts {
  readonly database: { readonly prisma: Pick<PrismaClient, 'customer' | 'auditEntry'> };
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

interface Noted {
  readonly at: Date;
  readonly actorId: string;
  readonly requestId: string | null;
  readonly customerId: string;
}

/** How long notes wait for others, milliseconds. */
const EVERY_MS = 250;
/** Notes that are written together. */
const BATCH = 500;
/** Notes that wait at most: a flood costs a warning and no memory. */
const MOST = 10_000;

/**
 * Notes in the audit trail that people asked for customers' files that are closed to them. What they ask waits for nothing, and
 * nothing is looked up for it: of an id that is nobody's as much is kept as of a file elsewhere until all of them are looked up
 * together, so that neither an answer nor its time tells which it was. What waits is written at a stop; a failure is logged.
 */
export class RefusedReads {
  readonly #parts: Parts;
  #waiting: Noted[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  note({ actor, requestId }: { readonly actor: Actor; readonly requestId: string | null }, customerId: string): void {
    if (isRehearsing()) return;
    if (this.#waiting.length >= MOST) this.#lost += 1;
    else this.#waiting.push({ at: this.#parts.clock.now(), actorId: actor.id, requestId, customerId });
    this.#timer ??= setTimeout(() => void this.#flush(), EVERY_MS);
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#flush();
  }

  #flush(): Promise<void> {
    this.#timer = null;
    const { log } = this.#parts;
    const [notes, lost] = [this.#waiting, this.#lost];
    this.#waiting = [];
    this.#lost = 0;
    if (lost > 0) log.warn({ lost }, 'there were more refused reads than are noted');
    // The files are ones that the caller, for whom a query reads, does not see.
    const write = () => asApplication(() => this.#write(notes));
    this.#writing = this.#writing
      .then(write)
      .catch((error: unknown) => log.error({ err: error, lost: notes.length }, 'refused reads were not noted'));
    return this.#writing;
  }

  async #write(notes: readonly Noted[]): Promise<void> {
    const { prisma } = this.#parts.database;
    for (let from = 0; from < notes.length; from += BATCH) {
      const batch = notes.slice(from, from + BATCH);
      const found = await prisma.customer.findMany({
        where: { id: { in: [...new Set(batch.map(({ customerId }) => customerId))] } },
        select: { id: true, policyId: true, branchId: true },
      });
      const files = new Map(found.map(({ id, ...place }) => [id, place]));
      const entries = batch.flatMap((note) => {
        const place = files.get(note.customerId);
        const subject = { type: 'Customer', id: note.customerId };
        return place ? [{ ...note, ...place, action: 'REFUSED_READ', subject }] : [];
      });
      await writeAudit(prisma, ...entries);
    }
  }
}
