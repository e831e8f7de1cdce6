import { placeOf } from '../facts/all.ts';
import type { Finding } from '../report.ts';
import { Findings, type Result } from './result.ts';

/** Keys of tasks and alerts tell them apart: two alike in one answer would become one. */
export function taskFindings(results: readonly Result[]): Finding[] {
  const found = new Findings('tasks');
  for (const { asked, outcome } of results) {
    if (outcome.kind !== 'ANSWERED' || (asked.question !== 'care' && asked.question !== 'react')) continue;
    const { answer } = outcome.answered;
    const lists = Array.isArray(answer) ? [answer] : Object.values(answer).filter(Array.isArray);
    for (const list of lists as { key: string }[][]) {
      const keys = list.map(({ key }) => key);
      const twice = keys.find((key, index) => keys.indexOf(key) !== index);
      if (twice !== undefined) found.add(placeOf(asked), `two tasks of one answer have the key ${twice}`);
    }
  }
  return found.all();
}
