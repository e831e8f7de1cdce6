import { expect, test } from 'vitest';
import { parseGlobalId } from '../../server/platform/values/ids.ts';
import { type Person, startTestApp } from '../support/app.ts';
import type { InputOf } from '../support/ask.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { LADDER } from './ladder-app.ts';

// A month of duty: two branches, tickets at all hours, supervisors who take turns, a swap, people who are away and one who leaves, days
// off. Whom an alert is with is judged by the test's own book of who was there, and its minutes by the test's own count.

const uuidOf = (id: string) => parseGlobalId(id)?.id ?? '';
const at = (day: string, time: string) => `2026-${day}T${time}:00+08:00`;

/** Days of April and May on which nobody is on duty, beside weekends: Qingming and Labour Day. */
const HOLIDAYS = ['2026-04-06', '2026-05-01', '2026-05-04', '2026-05-05'];

/** Of the ladder: business minutes of each rung but the last. */
const MINUTES = [10, 20];

/** Minutes of duty between two instants, minute by minute. */
function dutyMinutes(from: Date, until: Date): number {
  let count = 0;
  for (let ms = from.getTime(); ms < until.getTime(); ms += 60_000) {
    const local = new Date(ms + 8 * 3_600_000);
    const isWorking = ![0, 6].includes(local.getUTCDay()) && !HOLIDAYS.includes(local.toISOString().slice(0, 10));
    if (isWorking && local.getUTCHours() >= 9 && local.getUTCHours() < 18) count += 1;
  }
  return count;
}

/** Numbers that look random and are the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

interface Away {
  readonly staffId: string;
  readonly from: Date;
  readonly until: Date;
}

test('through a month of nights, holidays, swaps and absences no alert is without an owner longer than its rung', async () => {
  await using app = await startTestApp({ now: at('04-01', '00:00'), plugins: [LADDER] });
  const { prisma } = app.app.services.database;
  await prisma.branch.updateMany({ where: { code: { startsWith: 'CO-' } }, data: { policyIds: { push: 'ladder' } } });
  app.app.services.actors.forgetOrganisation();
  const roll = dice(7);
  const away: Away[] = [];
  const days = Array.from({ length: 30 }, (_, index) =>
    new Date(Date.UTC(2026, 3, 1 + index)).toISOString().slice(5, 10),
  );

  const branches = await Promise.all(
    ['CO-A', 'CO-B'].map(async (code) => {
      const [manager, supervisor] = ['CUSTOMER_MANAGER', 'SUPERVISOR'].map((role) => app.as(`${code}/${role}`)) as [
        Person,
        Person,
      ];
      const { data } = await supervisor.ask('{ viewer { branch { id } } }');
      const branchId: string = data.viewer.branch.id;
      const made = await app.as('SYS/ADMIN').does('CreateStaff', {
        input: { number: `S-${code}`, name: 'Second', branchId, roles: ['SUPERVISOR'] },
      });
      const customer = await givenCustomer(manager, { policyId: 'ladder', branchCode: code });
      return { code, manager, supervisor, second: made.id as string, branchId, customerId: customer.id };
    }),
  );
  const sets = async (who: Person, input: Omit<InputOf<'SetShift'>, 'policyId'>) => {
    const shift = await who.does('SetShift', { input: { policyId: 'ladder', ...input } });
    expect(shift, JSON.stringify(shift)).toMatchObject({ __typename: 'RotaShift' });
    return shift;
  };
  const leaves = async (who: Person, branchId: string, staffId: string, from: string, until: string) => {
    await sets(who, { branchId, staffId, from, until });
    away.push({ staffId: uuidOf(staffId), from: new Date(from), until: new Date(until) });
  };
  for (const { manager, supervisor, second, branchId } of branches) {
    // The supervisors take turns, day by day.
    const turns: { id: string }[] = [];
    for (const [index, day] of days.entries())
      turns.push(
        await sets(supervisor, {
          branchId,
          post: 'SUPERVISOR',
          staffId: index % 2 === 0 ? supervisor.id : second,
          from: at(day, '00:00'),
          until: new Date(Date.parse(at(day, '00:00')) + 86_400_000).toISOString(),
        }),
      );
    // The 15th is changed for the 16th: the manager asks for both, the supervisor approves it.
    const asked = await manager.does('SwapShift', {
      input: { id: turns[14]?.id ?? '', otherId: turns[15]?.id ?? '', reason: 'a wedding' },
    });
    const decided = await supervisor.does('DecideApproval', { input: { id: asked.id, decision: 'APPROVE' } });
    expect(decided).toMatchObject({ __typename: 'Approval' });
    // Managers are away for a week each, supervisors for some days, in which their turns are nobody's.
  }
  const [one, two] = branches as [(typeof branches)[0], (typeof branches)[0]];
  await leaves(one.supervisor, one.branchId, one.manager.id, at('04-13', '00:00'), at('04-18', '00:00'));
  await leaves(two.supervisor, two.branchId, two.manager.id, at('04-20', '00:00'), at('04-25', '00:00'));
  await leaves(one.supervisor, one.branchId, one.supervisor.id, at('04-21', '00:00'), at('04-23', '00:00'));
  await leaves(two.supervisor, two.branchId, two.supervisor.id, at('04-08', '00:00'), at('04-11', '00:00'));
  await leaves(two.supervisor, two.branchId, two.second, at('04-09', '12:00'), at('04-10', '12:00'));

  for (const day of days) {
    for (const time of ['02:10', '10:05', '14:40', '17:50']) {
      await app.advance(at(day, time));
      for (const { manager, customerId } of branches)
        if (roll() < 0.35) await givenTicket(manager, { customerId, type: 'TASK' });
      await takeSome(app.as('CO-A/DIRECTOR'), roll);
    }
    if (day === '04-27') {
      await prisma.staff.update({ where: { id: uuidOf(one.second) }, data: { active: false } });
      away.push({
        staffId: uuidOf(one.second),
        from: new Date(at('04-27', '17:50')),
        until: new Date(at('12-31', '00:00')),
      });
    }
  }
  await app.advance(at('05-06', '18:00'));

  const alerts = await prisma.alert.findMany({
    where: { kind: 'SLA_BREACHED', policyId: 'ladder' },
    include: { climbs: { orderBy: { rung: 'asc' } } },
  });
  const isAway = (staffId: string, when: Date) =>
    away.some((one) => one.staffId === staffId && one.from <= when && when < one.until);
  const wrong: string[] = [];
  for (const { id, climbs, acknowledgedAt, endedAt } of alerts) {
    const told = climbs.filter(({ passed }) => !passed);
    if (told.length === 0) wrong.push(`${id} was told to nobody`);
    for (const { rung, staffId, toldAt } of told) {
      if (staffId && isAway(staffId, toldAt)) wrong.push(`${id} rung ${rung} was told to somebody who is away`);
      const next = climbs.find((climb) => climb.rung > rung)?.toldAt;
      const until = [next, acknowledgedAt, endedAt, new Date(at('05-06', '18:00'))].flatMap((instant) => instant ?? []);
      const minutes = dutyMinutes(toldAt, new Date(Math.min(...until.map(Number))));
      const allowed = MINUTES[rung - 1];
      if (allowed !== undefined && minutes > allowed + 1) wrong.push(`${id} stood ${minutes} minutes on rung ${rung}`);
    }
  }
  expect(wrong).toEqual([]);
  // The month had what it is to have: many alerts, some at the top, some that stood in, some that were passed on.
  const climbs = alerts.flatMap((alert) => alert.climbs);
  expect(alerts.length).toBeGreaterThan(50);
  for (const rung of [1, 2, 3])
    expect(climbs.filter((climb) => climb.rung === rung && !climb.passed).length).toBeGreaterThan(5);
  expect(climbs.filter(({ passed }) => passed).length).toBeGreaterThan(3);
}, 600_000);

/** Somebody takes some of what waits. */
async function takeSome(person: Person, roll: () => number): Promise<void> {
  const { nodes } = await person.does('OpenAlerts', {
    filter: { policyId: 'ladder', kinds: ['SLA_BREACHED'], unacknowledged: true },
    first: 50,
  });
  for (const { id } of nodes) if (roll() < 0.4) await person.does('AcknowledgeAlert', { id });
}
