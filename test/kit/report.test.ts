import { expect, test } from 'vitest';
import { type Finding, type KitReport, reportText } from '../../server/engine/policy-kit/report.ts';

const found = (place: string, problem: string, check: Finding['check'] = 'totality'): Finding => ({
  check,
  place,
  message: `${place}: ${problem}`,
});

const report = (findings: readonly Finding[], more: Partial<KitReport> = {}): KitReport => ({
  policyId: 'example',
  version: '1.0.0',
  seed: 1,
  answers: 12,
  medianMs: 0.01,
  goldenRows: 3,
  findings,
  mutation: null,
  ...more,
});

const lines = (...given: Parameters<typeof report>) => reportText(report(...given)).split('\n');

test('a problem that is found at many places is told once, with the first of them', () => {
  const days = ['2026-03-02', '2026-03-09', '2026-04-30'];
  const findings = [
    ...days.map((day) => found(`care on ${day}`, 'care.answer.0.dueAt is missing')),
    found('measure', 'measure.because is missing'),
  ];
  expect(lines(findings)).toEqual([
    'example 1.0.0: 12 answers, 0.010 ms each at the median, 3 golden rows, seed 1',
    '4 findings:',
    '  [totality] care on 2026-03-02: care.answer.0.dueAt is missing (and at 2 other places)',
    '  [totality] measure: measure.because is missing',
    'The mutation score is measured once there are no findings.',
  ]);
});

test('the same words of two checks are two problems, and ten of a check are enough', () => {
  const many = Array.from({ length: 12 }, (_, number) => found('measure', `problem ${number}`));
  const told = lines([...many, found('measure', 'problem 1', 'tasks')]);
  expect(told.filter((line) => line.startsWith('  [totality]'))).toHaveLength(11);
  expect(told).toContain('  [totality] and 2 more');
  expect(told).toContain('  [tasks] measure: problem 1');
});

test('a plugin that hung is not said to have answered nothing', () => {
  const hung = found('promise for COMPLAINT level 1', 'it did not answer within a second');
  const [head] = lines([hung], { version: '', answers: 0, medianMs: null, goldenRows: 0 });
  expect(head).toBe('example: not examined to the end, seed 1');
});

test('a finding is told with its line, and changes that nothing noticed line by line', () => {
  const placed = { ...found('parameter x', 'its text in Chinese is empty', 'declaration'), file: 'index.ts', line: 7 };
  expect(lines([placed])).toContain('  [declaration] index.ts:7 parameter x: its text in Chinese is empty');
  const survivor = (line: number, change: string) => ({ file: 'index.ts', line, change });
  const survivors = [
    survivor(5, '2 becomes 3'),
    survivor(5, '/ becomes *'),
    survivor(5, '2 becomes 3'),
    survivor(9, '< becomes <='),
  ];
  const told = lines([], { mutation: { mutants: 10, killed: 6, score: 60, survivors } });
  expect(told.slice(-3)).toEqual([
    'Nothing noticed these changes; a golden row for each line would:',
    '  index.ts:5 2 becomes 3 | / becomes *',
    '  index.ts:9 < becomes <=',
  ]);
});

test('without changed copies nothing is said of them', () => {
  expect(lines([])).toEqual([expect.stringMatching(/^example 1/), 'No findings.']);
});
