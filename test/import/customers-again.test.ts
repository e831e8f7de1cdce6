import { describe, expect, test } from 'vitest';
import { useImports } from './support.ts';

const { services, bank } = useImports('2026-03-02T09:00:00+08:00');

const stored = (number: string) =>
  services().database.prisma.customer.findFirstOrThrow({
    where: { number },
    include: { grades: true, consents: true },
  });

describe('again', () => {
  const content = [
    'number,kind,stage,name,phone,email,idNumber,birthday,branchCode,managerNumber,consentVip,consentMarketing,scheme,tier,gradeSince,profile.employer,profile.riskTolerance,profile.purchasedOn,profile.realNameVerified',
    'A1,INDIVIDUAL,FORMAL,陈晨,+86 139 0000 1111,chen@example.com,110101199003070000,1990-03-07,BK-A,BK-A-CM1,yes,no,personal,GOLD,2025-11-01,远大集团,3,2026-01-05;2026-02-05,yes',
    'A2,INDIVIDUAL,FORMAL,Ann Lee,13900002222,,,,BK-A,BK-A-CM1,,,,,,,,,',
  ].join('\n');

  test('the same file writes nothing', async () => {
    expect(await bank(content)).toMatchObject({ read: 2, imported: 2, unchanged: 0 });
    const first = await stored('A1');
    expect(first).toMatchObject({ tierCode: 'GOLD', tierRank: 1, schemeId: 'personal', marketingConsent: false });
    expect(first.profile).toEqual({
      employer: '远大集团',
      riskTolerance: 3,
      purchasedOn: ['2026-01-05', '2026-02-05'],
      realNameVerified: true,
    });
    expect(services().sealer.open(first.idNumberSealed ?? '', `customer|idNumber|${first.id}`)).toBe(
      '110101199003070000',
    );
    const audits = await services().database.prisma.auditEntry.count();
    expect(await bank(content)).toMatchObject({ read: 2, imported: 0, unchanged: 2 });
    expect(await stored('A1')).toEqual(first);
    expect(await services().database.prisma.auditEntry.count()).toBe(audits);
  });

  test('a changed row is written, and only it', async () => {
    const before = await stored('A2');
    const changed = content
      .replace('Ann Lee,13900002222', 'Ann Li,13900003333')
      .replace('GOLD', 'DIAMOND')
      .replace('远大集团,3', ',4');
    expect(await bank(changed)).toMatchObject({ imported: 2, unchanged: 0 });
    const [one, other] = [await stored('A1'), await stored('A2')];
    expect(other).toMatchObject({ id: before.id, name: 'Ann Li', phoneMask: '139****3333', version: 2 });
    expect(one).toMatchObject({
      tierCode: 'DIAMOND',
      tierRank: 3,
      profile: { riskTolerance: 4, purchasedOn: ['2026-01-05', '2026-02-05'] },
    });
    expect(one.grades.map(({ tierCode, state, reason }) => [tierCode, state, reason]).sort()).toEqual([
      ['DIAMOND', 'ACTIVE', 'MANUAL'],
      ['GOLD', 'ENDED', 'MANUAL'],
    ]);
    expect(await bank(changed)).toMatchObject({ imported: 0, unchanged: 2 });
  });

  test('a column that the file lacks stays, an empty cell removes', async () => {
    await bank('number,kind,name,branchCode,email\nA1,INDIVIDUAL,陈晨,BK-A,\n');
    expect(await stored('A1')).toMatchObject({
      emailMask: null,
      emailSealed: null,
      phoneMask: expect.stringContaining('1111'),
      tierCode: 'DIAMOND',
      stage: 'FORMAL',
    });
  });

  test('consent withdrawn ends the grade that needs it, with an alert', async () => {
    await bank('number,kind,name,branchCode,consentVip\nA1,INDIVIDUAL,陈晨,BK-A,否\n');
    const customer = await stored('A1');
    expect(customer).toMatchObject({ vipConsent: false, tierCode: null, gradeId: null });
    expect(await services().database.prisma.alert.findMany()).toMatchObject([
      { kind: 'GRADE_CHANGED', customerId: customer.id },
    ]);
    expect(services().woken()).toBe(1);
  });
});
