import { placeOf } from '../facts/all.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings, type Result } from './result.ts';

/** Every question is answered, or left, and never with an exception; blank parameters are the only excuse. */
export function totalityFindings({ unfilled }: Subject, results: readonly Result[]): Finding[] {
  const found = new Findings('totality');
  for (const { asked, outcome } of results) {
    if (outcome.kind === 'BROKEN') found.add(placeOf(asked), outcome.breakage.message);
    if (outcome.kind !== 'BLANK') continue;
    const unexcused = outcome.parameters.filter((key) => !unfilled.includes(key));
    if (unexcused.length > 0)
      found.add(placeOf(asked), `answers NOT_CONFIGURED for ${unexcused.join(', ')}, which has a value`);
  }
  return found.all();
}

/** Where nobody set any parameter, NOT_CONFIGURED names blank ones alone, and nothing breaks. */
export function blankFindings({ policy, presets }: Subject, results: readonly Result[]): Finding[] {
  const found = new Findings('parameters');
  for (const { asked, outcome } of results) {
    const place = `${placeOf(asked)}, parameters as delivered`;
    if (outcome.kind === 'BROKEN') found.add(place, outcome.breakage.message);
    if (outcome.kind !== 'BLANK') continue;
    const wrong = outcome.parameters.filter(
      (key) => presets[key] !== undefined || !Object.hasOwn(policy.parameters ?? {}, key),
    );
    if (wrong.length > 0) found.add(place, `answers NOT_CONFIGURED for ${wrong.join(', ')}, which is not blank`);
  }
  return found.all();
}
