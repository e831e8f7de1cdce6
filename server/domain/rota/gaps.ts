import { alertAbout } from '../../engine/alert-log/raise.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Job } from '../../engine/services/job.ts';
import type { Services } from '../../engine/services/services.ts';
import { openTimeBetween } from '../../engine/sla/business-time.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { instantText } from '../../platform/values/instant-text.ts';
import { type Gap, gapsOf } from './rules.ts';
import { endFilledGaps, shiftsWithin } from './sql.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Days before it that a gap is told, and after its last shift that a rota is taken for one that is kept. */
const DAYS = 7;

/** Tells gaps of rotas on the hour, each once, and takes back what is filled. */
export function rotaGaps(): Job {
  let judged = Number.NEGATIVE_INFINITY;
  return {
    name: 'rota.gaps',
    // A clock that is held need not stop each hour for it: a gap is told days before.
    next: async ({ database, clock }, until) => {
      const at = (Math.floor(clock.now().getTime() / DAY) + 1) * DAY;
      if (at > until.getTime()) return null;
      return (await database.prisma.rotaShift.count({ take: 1 })) > 0 ? new Date(at) : null;
    },
    async run(services) {
      const hour = hourOf(services.clock.now());
      if (hour === judged) return;
      await tellGaps(services, services.clock.now());
      judged = hour;
    },
  };
}

const hourOf = (at: Date) => Math.floor(at.getTime() / HOUR) * HOUR;

/** A gap of a post, with where it is. */
interface PostGap extends Gap {
  readonly policyId: string;
  readonly branchId: string;
  readonly post: string;
}

/** Raises an alert for each gap that begins within the next days; returns how many gaps there are. */
export async function tellGaps(services: Services, now: Date): Promise<number> {
  const gaps = await findGaps(services, now);
  const writes = new WriteSet();
  for (const gap of gaps) writes.insert('alert', alertOf(services, gap, now));
  await inTransaction(services.database, async (tx) => {
    await writes.execute(tx);
    await endFilledGaps(tx, gaps.map(keyOf), now);
  });
  services.alerts.wake();
  return gaps.length;
}

async function findGaps(services: Services, now: Date): Promise<PostGap[]> {
  const until = new Date(now.getTime() + DAYS * DAY);
  const shifts = await shiftsWithin(services.database.prisma, new Date(now.getTime() - DAYS * DAY), until);
  const absences = shifts.filter(({ post }) => post === null);
  const posts = new Map<string, typeof shifts>();
  for (const shift of shifts) {
    if (shift.post === null) continue;
    const key = `${shift.policyId} ${shift.branchId} ${shift.post}`;
    posts.set(key, [...(posts.get(key) ?? []), shift]);
  }
  return [...posts.values()].flatMap((held) => {
    const [first] = held;
    if (!first?.post) return [];
    const { policyId, branchId, post, validFrom } = first;
    const present = held.filter(({ isActive }) => isActive);
    return gapsOf(present, absences, { from: validFrom, until })
      .filter((gap) => gap.until > now && hasOpenTime(services, policyId, gap, now))
      .map((gap) => ({ ...gap, policyId, branchId, post }));
  });
}

/** Whether a gap touches time in which alerts of the line climb: at night, where it has no duty, nobody is missed. */
function hasOpenTime({ policies, calendars }: Services, policyId: string, gap: Gap, now: Date): boolean {
  const calendar = policies.get(policyId)?.declaration.alerts?.calendar ?? 'always';
  const counted = calendars.inForce(policyId, calendar, now.getTime());
  return openTimeBetween(counted, Math.max(Number(gap.from), Number(now)), Number(gap.until)) > 0;
}

function keyOf({ policyId, branchId, post, from }: PostGap): string {
  return `rota:${policyId}:${branchId}:${post}:${from.getTime()}`;
}

function alertOf({ policies }: Services, gap: PostGap, at: Date) {
  const { policyId, branchId, post, from } = gap;
  const begins = instantText(from, zoneOf(policies.get(policyId)?.declaration));
  return alertAbout(
    { id: null, policyId, branchId, managerId: null, tierRank: null },
    {
      key: keyOf(gap),
      kind: 'ROTA_GAP',
      severity: 'WARNING',
      message: { en: `Nobody is on duty as ${post} from ${begins.en}.`, zh: `自 ${begins.zh} 起 ${post} 无人值班。` },
      audience: ['SUPERVISOR'],
      at,
    },
  );
}
