import { placeOfWords } from './mutate/places.ts';
import type { Finding } from './report.ts';
import type { Subject } from './subject.ts';

/** What a finding's place is called, and where such things stand in a declaration. */
const SECTIONS: Readonly<Record<string, string>> = {
  scheme: 'schemes',
  tier: 'tiers',
  parameter: 'parameters',
  metric: 'metrics',
  benefit: 'benefits',
  calendar: 'calendars',
  duty: 'duties',
  sensitive: 'sensitive',
};

/** Names and codes; the words of a sentence are none. */
const NAME = /[A-Za-z_][\w-]*/g;

/**
 * Findings with the line at which they are put right, as far as it can be told, each once. What only follows from a name that is not
 * declared is left out: it goes when that is right.
 */
export function placedFindings({ policy, files }: Subject, findings: readonly Finding[]): Finding[] {
  const undeclared = new Set(
    findings.flatMap(({ message }) => /names the \w+ (\S+), which is not declared/.exec(message)?.[1] ?? []),
  );
  const seen = new Set<string>();
  return findings.flatMap((finding) => {
    const { check, place, message } = finding;
    if (seen.has(message)) return [];
    seen.add(message);
    if (check !== 'declaration' && [...undeclared].some((name) => message.split(/[^\w-]+/).includes(name))) return [];
    // Rows of a table and lines of a source say it themselves.
    if (/\.(csv|ts|js|mjs):\d+/.test(message)) return [finding];
    const words = [policy.id === place ? '' : place, message.slice(place.length)].flatMap(
      (text) => text.match(NAME) ?? [],
    );
    const about = words.flatMap((word) => SECTIONS[word] ?? (isName(policy, word) ? word : []));
    const found = about.length > 0 ? placeOfWords(files.sources, about) : null;
    return [found && found.line > 0 ? { ...finding, file: found.file, line: found.line } : finding];
  });
}

/** Whether a word is a code, a question, or the name of something declared. */
function isName(policy: Subject['policy'], word: string): boolean {
  if (/^[A-Z][A-Z0-9_]+$/.test(word)) return true;
  const named = [policy.schemes, policy.parameters, policy.calendars, policy.answers];
  return named.some((part) => part !== undefined && Object.hasOwn(part, word));
}
