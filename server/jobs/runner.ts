import { sweepAcknowledgements } from '../alerts/expire.ts';
import type { Services } from '../context.ts';
import { reactToDue } from '../sla/react-due.ts';
import { sweepClocks } from '../sla/sweep.ts';
import { sweepTasks } from '../tasks/sweep.ts';

/** Runs everything that is due by now. Returns how many alerts were raised. */
export async function sweepAll(services: Services): Promise<number> {
  let raised = 0;
  for (const sweep of [sweepClocks, sweepTasks, sweepAcknowledgements]) raised += await sweep(services);
  await reactToDue(services);
  return raised;
}

/** The next instant at which something falls due, up to and including `until`; null when nothing does. */
export async function nextDue({ database }: Pick<Services, 'database'>, until: Date): Promise<Date | null> {
  const [row] = await database.prisma.$queryRaw<{ at: Date | null }[]>`
    select least(
      (select min(next_fire_at) from sla_clock where next_fire_at <= ${until}),
      (select min(next_fire_at) from task where next_fire_at <= ${until}),
      (select min(acknowledgement_expires_at) from alert where acknowledgement_expires_at <= ${until})
    ) as at`;
  return row?.at ?? null;
}

/** Runs what is due each second, until it is stopped; a failure is logged and tried again. */
export class JobRunner {
  readonly #services: Services;
  readonly #everyMs: number;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(services: Services, everyMs = 1000) {
    this.#services = services;
    this.#everyMs = everyMs;
  }

  start(): void {
    if (this.#stopped || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = sweepAll(this.#services)
        .then(() => undefined)
        .catch((error: unknown) => this.#services.log.error({ err: error }, 'a sweep failed and is tried again'))
        .finally(() => this.start());
    }, this.#everyMs);
  }

  /** Ends after the sweep that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }
}
