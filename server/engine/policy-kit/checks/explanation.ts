import type { Text } from '../../../platform/values/text.ts';
import { placeOf } from '../facts/all.ts';
import type { Finding } from '../report.ts';
import { Findings, type Result } from './result.ts';

const CHINESE = /\p{Script=Han}/u;
const LATIN = /[A-Za-z]/;

/** Every reason is given in both languages, each in its own; two refusals do not say the same. */
export function explanationFindings(results: readonly Result[]): Finding[] {
  const found = new Findings('explanation');
  const codes = new Map<string, string>();
  for (const { asked, outcome } of results) {
    if (outcome.kind !== 'ANSWERED') continue;
    const place = placeOf(asked);
    const { answer, because } = outcome.answered;
    explain(found, place, 'because', because);
    textsIn(answer, (where, text) => explain(found, place, where, text));
    if (asked.question !== 'guard') continue;
    for (const { code, text } of (answer as { refusals: { code: string; text: Text }[] }).refusals) {
      const other = codes.get(text.en) ?? code;
      codes.set(text.en, other);
      if (other !== code) found.add(place, `the refusals ${other} and ${code} give the same reason`);
    }
  }
  return found.all();
}

function explain(found: Findings, place: string, where: string, { en, zh }: Text): void {
  if (en === zh) found.add(place, `${where} says the same in both languages: ${JSON.stringify(en)}`);
  else if (!CHINESE.test(zh)) found.add(place, `${where} is not in Chinese: ${JSON.stringify(zh)}`);
  else if (!LATIN.test(en)) found.add(place, `${where} is not in English: ${JSON.stringify(en)}`);
}

/** Reasons, titles and messages inside an answer. Labels are names, and a name may be the same in both languages. */
function textsIn(part: unknown, told: (where: string, text: Text) => void, where = ''): void {
  if (typeof part !== 'object' || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    if (key === 'label' || key === 'indicators') continue;
    const isText = typeof value === 'object' && value !== null && 'en' in value && 'zh' in value;
    if (isText) told(`${where}${key}`, value as Text);
    else textsIn(value, told, Array.isArray(part) ? where : `${key} `);
  }
}
