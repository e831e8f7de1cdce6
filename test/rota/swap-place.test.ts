import { expect, test } from 'vitest';
import { toGlobalId } from '../../server/platform/values/ids.ts';
import { startTestApp } from '../support/app.ts';

test('a shift is not taken by swapping where it could not be given', async () => {
  await using app = await startTestApp({ now: '2026-03-02T10:00:00+08:00' });
  const { prisma } = app.app.services.database;
  const idOf = async (code: string) =>
    toGlobalId('Branch', (await prisma.branch.findUniqueOrThrow({ where: { code } })).id);
  const [from, until] = ['2026-05-02T08:00:00+08:00', '2026-05-02T20:00:00+08:00'];
  const sets = (branchId: string, who: string) =>
    app.as('BK-HQ/SUPERVISOR').does('SetShift', {
      input: { policyId: 'bank-vip', branchId, post: 'SUPERVISOR', staffId: app.as(who).id, from, until },
    });
  const above = await sets(await idOf('BK-HQ'), 'BK-HQ/SUPERVISOR');
  const here = await sets(await idOf('BK-A'), 'BK-A/SUPERVISOR');
  const swap = app.as('BK-HQ/SUPERVISOR').does('SwapShift', {
    input: { id: here.id, otherId: above.id, reason: 'a wedding' },
  });
  // Who works at the outlet does not see what the head office is on duty for.
  expect(await swap).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: 'input.otherId', message: 'is nobody who sees what this is about: it is of another branch' }],
  });
});

test('a swap is not approved once one of the two has moved away', async () => {
  await using app = await startTestApp({ now: '2026-03-02T10:00:00+08:00' });
  const { prisma } = app.app.services.database;
  const branchId = async (code: string) => (await prisma.branch.findUniqueOrThrow({ where: { code } })).id;
  const [here, away] = [await branchId('BK-A'), await branchId('BK-B')];
  // A second one of the outlet, who moves in between.
  await prisma.staff.update({ where: { number: 'BK-B-SUPERVISOR' }, data: { branchId: here } });
  const chief = app.as('BK-HQ/SUPERVISOR');
  const sets = (who: string, day: string) =>
    chief.does('SetShift', {
      input: {
        policyId: 'bank-vip',
        branchId: toGlobalId('Branch', here),
        post: 'SUPERVISOR',
        staffId: app.as(who).id,
        from: `2026-05-${day}T08:00:00+08:00`,
        until: `2026-05-${day}T20:00:00+08:00`,
      },
    });
  const [mine, theirs] = [await sets('BK-A/SUPERVISOR', '02'), await sets('BK-B/SUPERVISOR', '03')];
  const asked = await chief.does('SwapShift', { input: { id: mine.id, otherId: theirs.id, reason: 'a wedding' } });
  expect(asked).toMatchObject({ __typename: 'Approval', state: 'PENDING' });
  await prisma.staff.update({ where: { number: 'BK-B-SUPERVISOR' }, data: { branchId: away } });
  const decision = { input: { id: asked.id, decision: 'APPROVE', comment: 'fine' } };
  expect(await app.as('BK-A/SUPERVISOR').does('DecideApproval', decision)).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'SWAP_UNFIT' }],
  });
  expect(await prisma.rotaShift.count({ where: { version: 1 } })).toBe(2);
});
