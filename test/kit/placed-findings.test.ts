import { expect, test } from 'vitest';
import { placedFindings } from '../../server/engine/policy-kit/placed-findings.ts';
import type { Finding } from '../../server/engine/policy-kit/report.ts';
import { subjectOf } from '../../server/engine/policy-kit/subject.ts';
import clinic from './plugins/clinic/index.ts';
import { builtIn } from './support.ts';

const files = builtIn('../test/kit/plugins/clinic');
const subject = subjectOf(clinic, files, 1);
const text = files.sources.find(({ name }) => name === 'index.ts')?.text ?? '';
/** The line of the source on which a text stands first. */
const lineOf = (words: string) => text.slice(0, text.indexOf(words)).split('\n').length;
const placed = (place: string, problem: string, check: Finding['check'] = 'declaration') =>
  placedFindings(subject, [{ check, place, message: `${place}: ${problem}` }])[0];

test.each([
  { place: 'parameter goldFrom', problem: 'it is blank', at: 'goldFrom: {' },
  { place: 'calendar desk', problem: 'it never opens', at: 'desk: {' },
  { place: 'clinic', problem: 'scheme family: it names the tier HOSE, which is not declared', at: 'tiers: { HOUSE' },
  { place: 'sensitive field idCard', problem: 'no profile declares it', at: "sensitive: ['idCard']" },
  { place: 'scheme patients, tier SILVER', problem: 'nobody reaches it', at: 'SILVER: {' },
])('$place: $problem stands on its line', ({ place, problem, at }) => {
  expect(placed(place, problem)).toMatchObject({ file: 'index.ts', line: lineOf(at) });
});

test('a line that the message names is not named again', () => {
  expect(placed('golden.csv:3 (gold)', 'tier is none, the table says GOLD', 'golden')).not.toHaveProperty('line');
});

test('the same is said once, and what follows from a name that is not declared is left out', () => {
  const finding = (check: Finding['check'], place: string, problem: string): Finding => ({
    check,
    place,
    message: `${place}: ${problem}`,
  });
  const misspelt = finding('declaration', 'clinic', 'scheme patients: it names the tier GLOD, which is not declared');
  const told = placedFindings(subject, [
    misspelt,
    misspelt,
    finding('totality', 'grade of patients', 'grade answered with the tier GLOD, which the scheme does not have'),
    finding('totality', 'measure', 'measure.because is missing'),
  ]);
  expect(told.map(({ place }) => place)).toEqual(['clinic', 'measure']);
});
