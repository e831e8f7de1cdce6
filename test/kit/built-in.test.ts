import { expect, test } from 'vitest';
import { testPlugin } from '../../server/engine/policy-kit/kit.ts';
import { reportText } from '../../server/engine/policy-kit/report.ts';

/** A changed copy of ours is found out so many times of a hundred, by golden tables and checks alone. */
const BAR = 90;

test.each(['standard', 'core', 'bank-vip', 'telecom-vip', 'broadband-key-account'])(
  '%s passes the kit, and its examples tell it from its changed copies',
  async (plugin) => {
    const report = await testPlugin(`plugins/${plugin}`);
    expect(report.findings.map(({ message }) => message)).toEqual([]);
    expect(report.goldenRows).toBeGreaterThan(0);
    expect(report.mutation?.mutants).toBeGreaterThan(20);
    expect(report.mutation?.score, reportText(report)).toBeGreaterThanOrEqual(BAR);
  },
);
