import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inLanguage } from '../../server/platform/values/in-language.ts';
import { sourceFiles } from './source-files.ts';

// Every sentence that a reader of the API may meet has Chinese: what is made in domain, services and schema as an issue's message
// or as the words of an error, and what is said of the rows of a file. The command line speaks English else.

const TEXT = /(`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/.source;
const MADE = [
  `path: [^}]*?message: ${TEXT}`,
  `\\bsay\\([^;]*?, ${TEXT}\\)`,
  // Of rows and cells.
  `issues\\.add\\([^;]*?, ${TEXT}\\)`,
  `addIssue\\(${TEXT}\\)`,
  `\\brule: ${TEXT}`,
  `\\bconst rule = ${TEXT}`,
  `z\\s*\\.string\\(${TEXT}\\)`,
  `\\.(?:max|regex)\\([^()]*, ${TEXT}\\)`,
  `CSV_\\w+: ${TEXT}`,
  `new Forbidden\\(${TEXT}\\)`,
  `new Conflict\\([^,]*, ${TEXT}`,
  `reject\\('\\w+', ${TEXT}`,
  `new GraphQLError\\(\\s*${TEXT}`,
  `\\breturn (\`The document [^\`]*\`)`,
  `(?:\\?|:)\\s*([\`'](?:The operation|The mutation|You send|Too many) [^\`']*[\`'])`,
  `refuse\\(response, \\d+, '\\w+', ${TEXT}`,
  // What a rule answers about a field, for whoever asks it to name the field.
  `(?:\\breturn|[?:]) (?=.(?:is|are|was|lies|has|names|does) )${TEXT}`,
].map((source) => new RegExp(source, 'g'));
const ELSEWHERE = /^server\/(engine\/policy|engine\/policy-kit|engine\/sla|app)\//;

/** Words of a protocol, which clients compare, and what is made of sentences that have Chinese. */
const KEPT = new Set(['X', 'status', 'PersistedQueryNotSupported', 'X X', 'X: X']);

/** A template with something in the place of its facts. */
const shown = (text: string) =>
  text
    .slice(1, -1)
    .replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, 'X')
    .replace(/\\(.)/g, '$1');

// `status` is a field's name in a type, which one of the patterns takes for a sentence.
test('every sentence that an API client reads has Chinese', () => {
  const files = sourceFiles('server', 'schema').filter((file) => !ELSEWHERE.test(file));
  const sentences = files.flatMap((file) => {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    return MADE.flatMap((made) => [...source.matchAll(made)].map(([, text]) => shown(text ?? '')));
  });
  expect(sentences.length).toBeGreaterThan(150);
  const without = [...new Set(sentences)].filter(
    (one) => !KEPT.has(one) && !/\p{Script=Han}/u.test(inLanguage(one, 'ZH')),
  );
  expect(without).toEqual([]);
});
