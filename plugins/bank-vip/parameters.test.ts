import { expect, test } from 'vitest';
import { parameters } from './fixtures.ts';
import { checkParameters, parameters as declared } from './parameters.ts';

test('thresholds that no source states stay blank (A-017, X-19)', () => {
  const blank = Object.keys(declared).filter((key) => !(key in parameters));
  expect(blank).toEqual([
    'personalGoldFrom',
    'personalPlatinumFrom',
    'personalDiamondFrom',
    'branchDepositFrom',
    'branchTransactionsFrom',
    'realtimeBalanceDays',
    'cumulationDays',
    'approvalHours',
  ]);
});

test.each([
  { it: 'takes the defaults', given: parameters, paths: [] },
  {
    it: 'refuses gold above platinum',
    given: { personalGoldFrom: '3', personalPlatinumFrom: '2' },
    paths: ['personalGoldFrom'],
  },
  {
    it: 'refuses gold at diamond while platinum is blank',
    given: { personalGoldFrom: '3', personalDiamondFrom: '3' },
    paths: ['personalGoldFrom'],
  },
  {
    it: 'refuses weights that do not sum to 100',
    given: { depositWeight: '40', productUseWeight: '35', satisfactionWeight: '30' },
    paths: ['depositWeight'],
  },
  {
    it: "refuses a specialist's limit above the manager's",
    given: { specialistLimit: '60000', managerLimit: '50000' },
    paths: ['specialistLimit'],
  },
])('checkParameters $it', ({ given, paths }) => {
  expect(checkParameters(given).map(({ path }) => path)).toEqual(paths);
});
