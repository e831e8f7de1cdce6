import { fileURLToPath } from 'node:url';
import { DEFAULT_ZONE } from '../../engine/policy/line-zone.ts';
import { dayIn } from '../../platform/values/days.ts';
import { type ImportRequest, importFile } from './import-file.ts';
import type { ImportServices } from './kind.ts';
import type { Shift } from './shift.ts';

const FOLDER = new URL('../../../prisma/demo/', import.meta.url);

/** The instant at which the demo files are written to be loaded (prisma/demo/README.md). */
export const DEMO_ANCHOR = new Date('2026-11-01T10:00:00+08:00');

/** The demo files in the order in which they refer to each other, each with what its dates move by. */
const FILES = [
  { kind: 'organisation', file: 'organisation.csv', by: 'DAYS' },
  { kind: 'customers', file: 'bank-customers.csv', policyId: 'bank-vip', by: 'DAYS' },
  { kind: 'customers', file: 'telecom-customers.csv', policyId: 'telecom-vip', by: 'DAYS' },
  { kind: 'customers', file: 'broadband-customers.csv', policyId: 'broadband-key-account', by: 'DAYS' },
  { kind: 'metrics', file: 'bank-metrics.csv', policyId: 'bank-vip', by: 'MONTHS' },
  { kind: 'metrics', file: 'telecom-metrics.csv', policyId: 'telecom-vip', by: 'MONTHS' },
  { kind: 'tickets', file: 'bank-tickets.csv', policyId: 'bank-vip', by: 'DAYS' },
  { kind: 'tickets', file: 'telecom-tickets.csv', policyId: 'telecom-vip', by: 'DAYS' },
  { kind: 'tickets', file: 'broadband-tickets.csv', policyId: 'broadband-key-account', by: 'DAYS' },
  { kind: 'tickets', file: 'live-tickets.csv', by: 'INSTANTS' },
] as const satisfies readonly (Pick<ImportRequest, 'kind' | 'file' | 'policyId'> & { by: keyof Shifts })[];

interface Shifts {
  /** Histories keep their hours of the day. */
  readonly DAYS: Shift;
  /** Figures are of month ends; the latest is the last one before today. */
  readonly MONTHS: Shift;
  /** Tickets whose clocks become at risk and breach within the first minutes. */
  readonly INSTANTS: Shift;
}

export interface Demo {
  /** Whether it was loaded now. */
  readonly isNew: boolean;
  readonly customers: number;
  readonly tickets: number;
  /** Ids by staff number. */
  readonly staff: Readonly<Record<string, string>>;
}

/**
 * Loads the demo data into a database that has no branch yet, through the importer that real files take. Its dates are
 * moved so that it looks as if exported at `now`; the sweep tells of what its open tickets' clocks have passed since.
 *
 * @returns what the database has, whether it was loaded now or before
 */
export async function loadDemo(
  services: ImportServices,
  now: Date,
  onFile: (file: string) => void = () => undefined,
): Promise<Demo> {
  const { prisma } = services.database;
  const isNew = (await prisma.branch.count()) === 0;
  if (isNew) {
    const shifts = shiftsTo(now);
    for (const { file, by, ...request } of FILES) {
      onFile(file);
      const path = fileURLToPath(new URL(file, FOLDER));
      // In one pass: a bad row in a demo file is a defect, and none is expected.
      const { rejected, issues } = await importFile(services, {
        ...request,
        file: path,
        mode: 'SKIP_BAD',
        past: 'TOLD',
        shift: shifts[by],
      });
      if (rejected > 0)
        throw new Error(`the demo file ${file} has ${rejected} bad rows, the first: ${JSON.stringify(issues[0])}`);
    }
  }
  const staff = await prisma.staff.findMany({ select: { id: true, number: true }, orderBy: { number: 'asc' } });
  return {
    isNew,
    customers: await prisma.customer.count(),
    tickets: await prisma.ticket.count(),
    staff: Object.fromEntries(staff.map(({ id, number }) => [number, id])),
  };
}

function shiftsTo(now: Date): Shifts {
  const [from, to] = [DEMO_ANCHOR, now].map((at) => dayIn(at, DEFAULT_ZONE)) as [string, string];
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const months =
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7));
  return {
    DAYS: { days },
    MONTHS: { months },
    INSTANTS: { days: (now.getTime() - DEMO_ANCHOR.getTime()) / 86_400_000 },
  };
}
