import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { runCare } from '../../domain/care/care-run.ts';
import { importFile } from '../../domain/import/import-file.ts';
import { acknowledgeTicket, resolveTicket } from '../../domain/tickets/ticket-work.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Services } from '../../engine/services/services.ts';
import { dayIn } from '../../platform/values/days.ts';
import type { DemoPeople } from './demo-people.ts';

// The demo's other system, which keeps handing tickets over whose clocks are about to fire, and the colleagues who solve them.

const MINUTE = 60_000;

/** A complaint of each line, with the minutes after which its first clock is at risk (prisma/demo/tickets.ts). */
const LINES = [
  { policyId: 'broadband-key-account', branchCode: 'BB-A', reaches: 4 * 60, subject: '宽带中断 Line is down' },
  { policyId: 'bank-vip', branchCode: 'BK-A', reaches: 19 * 60 + 12, subject: '转账未到账 Transfer has not arrived' },
  { policyId: 'telecom-vip', branchCode: 'TL-A', reaches: 19 * 60 + 12, subject: '话费异常 Bill looks wrong' },
] as const;

/** How the numbers of its tickets begin. */
const PREFIX = 'PULSE-';

/** Open tickets that colleagues leave: what is more is solved, the oldest first, so that a demo of days stays readable. */
const OPEN_AT_MOST = 9;

export interface PulseTimes {
  /** Milliseconds from the start until the first alert of each line, and from one ticket to the next. */
  readonly firstMs: number;
  readonly everyMs: number;
  /** The pause grows to this once nobody can be new to it. */
  readonly slowMs: number;
}

const TIMES: PulseTimes = { firstMs: 15_000, everyMs: 60_000, slowMs: 5 * MINUTE };

/** Rounds at the quicker pace. */
const QUICK_ROUNDS = 15;

/** Keeps the demo alive until it is stopped. */
export class DemoPulse {
  readonly #services: Services;
  readonly #people: DemoPeople;
  readonly #times: PulseTimes;
  readonly #stopped = new AbortController();
  #round = 0;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(services: Services, people: DemoPeople, times: PulseTimes = TIMES) {
    this.#services = services;
    this.#people = people;
    this.#times = times;
  }

  /** The first alert of every line comes soon, whatever the database holds already. */
  start(): void {
    this.#running = this.#told(async () => {
      // A second and a half apart, so that one sees each come.
      await this.#handOver(LINES.map((line, index) => ({ ...line, inMs: this.#times.firstMs + index * 1_500 })));
      await this.#planCare();
    });
    this.#next();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  #next(): void {
    if (this.#stopped.signal.aborted) return;
    const wait = this.#round < QUICK_ROUNDS ? this.#times.everyMs : this.#times.slowMs;
    this.#timer = setTimeout(() => {
      this.#running = this.#running.then(() => this.#told(() => this.#beat())).finally(() => this.#next());
    }, wait);
  }

  /** What fails is told in the log, and another round tried. */
  async #told(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#services.log.warn({ err: error }, "the demo's pulse missed a beat");
    }
  }

  async #beat(): Promise<void> {
    const line = LINES[this.#round % LINES.length] ?? LINES[0];
    this.#round += 1;
    await this.#handOver([{ ...line, inMs: 10_000 }]);
    await this.#solveOldest();
  }

  /** Tickets as an export of another system has them, opened so long ago that their first clock fires soon. */
  async #handOver(tickets: readonly ((typeof LINES)[number] & { readonly inMs: number })[]): Promise<void> {
    const { database, clock } = this.#services;
    const now = clock.now().getTime();
    const rows = [];
    for (const [index, { policyId, branchCode, reaches, subject, inMs }] of tickets.entries()) {
      const count = await database.prisma.customer.count({ where: { policyId, branch: { code: branchCode } } });
      const customer = await database.prisma.customer.findFirstOrThrow({
        where: { policyId, branch: { code: branchCode }, managerId: { not: null } },
        orderBy: { number: 'asc' },
        skip: (Math.floor(now / MINUTE) * 7 + index) % Math.max(1, Math.floor(count / 2)),
      });
      rows.push({
        policyId,
        externalNumber: `${PREFIX}${now.toString(36)}-${this.#round}-${index}`,
        customerNumber: customer.number,
        type: 'COMPLAINT',
        level: 1,
        subject,
        channel: 'HOTLINE',
        openedAt: new Date(now + inMs - reaches * MINUTE).toISOString(),
      });
    }
    await this.#import(stringify(rows, { header: true }));
  }

  async #import(csv: string): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'tierline-demo-'));
    try {
      const file = join(folder, 'tickets.csv');
      writeFileSync(file, csv);
      const { rejected, issues } = await importFile(this.#services, { kind: 'tickets', file, mode: 'ALL_OR_NOTHING' });
      if (rejected > 0) throw new Error(`${rejected} rows were rejected: ${JSON.stringify(issues)}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Whoever has the oldest ticket solves it, where there are many. */
  async #solveOldest(): Promise<void> {
    const { prisma } = this.#services.database;
    const where = {
      externalNumber: { startsWith: PREFIX },
      status: { in: ['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS'] },
      assigneeId: { not: null },
    } satisfies Prisma.TicketWhereInput;
    if ((await prisma.ticket.count({ where })) <= OPEN_AT_MOST) return;
    const { id, status, assigneeId } = await prisma.ticket.findFirstOrThrow({ where, orderBy: { serial: 'asc' } });
    const caller = await this.#people.byId(assigneeId ?? '');
    if (status === 'NEW') await acknowledgeTicket(this.#services, caller, id);
    await resolveTicket(this.#services, caller, id, '已处理并告知客户 Solved, customer informed', '设备故障');
  }

  /** A fresh demo has its care of today planned at once, and not from the next midnight on. */
  async #planCare(): Promise<void> {
    const { policies, clock } = this.#services;
    for (const policy of policies.all())
      if (policy.declaration.businessLine && policy.enabled)
        await runCare(this.#services, policy, dayIn(clock.now(), zoneOf(policy.declaration)), this.#stopped.signal);
  }
}
