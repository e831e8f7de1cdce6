/** What the kit found: a sentence that names the place, under the check that found it. */
export interface Finding {
  readonly check: Check;
  /** Scheme and tier, ticket type and level, parameter, or line of the golden table. */
  readonly place: string;
  readonly message: string;
  /** Where it is put right, relative to the plugin's folder; left out where it cannot be told, or the message says it. */
  readonly file?: string;
  readonly line?: number;
}

export type Check =
  | 'declaration'
  | 'parameters'
  | 'imports'
  | 'totality'
  | 'determinism'
  | 'reachability'
  | 'monotonicity'
  | 'time'
  | 'explanation'
  | 'promises'
  | 'tasks'
  | 'personal data'
  | 'golden';

/** A changed copy of the plugin that nothing told from the plugin. */
export interface Survivor {
  /** Relative to the plugin's folder; null where the rule could not be found in its sources. */
  readonly file: string | null;
  readonly line: number | null;
  readonly change: string;
}

export interface MutationReport {
  readonly mutants: number;
  readonly killed: number;
  /** Per cent, one decimal, rounded down so that 100 means all. */
  readonly score: number;
  readonly survivors: readonly Survivor[];
}

export interface KitReport {
  readonly policyId: string;
  readonly version: string;
  readonly seed: number;
  readonly answers: number;
  /** Median of an answer, in milliseconds; null where nothing was asked. */
  readonly medianMs: number | null;
  readonly goldenRows: number;
  readonly findings: readonly Finding[];
  /** Null where there are findings, for a plugin that is not right has no rules to prove; and where it was not asked for. */
  readonly mutation: MutationReport | null;
}

/** Lines with changes that nothing noticed which are shown. */
const GROUPS = 30;

/** Problems of one check that are shown; the others are counted. */
const SHOWN = 10;

/** The report as a person reads it. */
export function reportText(report: KitReport): string {
  const { policyId, version, seed, answers, medianMs, goldenRows, findings, mutation } = report;
  const pace = medianMs === null ? '' : `, ${medianMs.toFixed(3)} ms each at the median`;
  const lines = [
    // A plugin that hung or died told nothing of itself.
    version === ''
      ? `${policyId}: not examined to the end, seed ${seed}`
      : `${policyId} ${version}: ${answers} answers${pace}, ${count(goldenRows, 'golden row')}, seed ${seed}`,
    ...(findings.length === 0 ? ['No findings.'] : findingLines(findings)),
    ...(mutation
      ? mutationLines(mutation)
      : findings.length > 0
        ? ['The mutation score is measured once there are no findings.']
        : []),
  ];
  return lines.join('\n');
}

function findingLines(findings: readonly Finding[]): string[] {
  const checks = [...new Set(findings.map(({ check }) => check))];
  return [
    `${count(findings.length, 'finding')}:`,
    ...checks.flatMap((check) => {
      const own = problemsIn(findings.filter((finding) => finding.check === check));
      const more = own.length > SHOWN ? [`  [${check}] and ${own.length - SHOWN} more`] : [];
      return [...own.slice(0, SHOWN).map((problem) => `  [${check}] ${problem}`), ...more];
    }),
  ];
}

/** Each problem once, at the first of its places. */
function problemsIn(findings: readonly Finding[]): string[] {
  const places = new Map<string, string[]>();
  for (const { place, message, file, line } of findings) {
    const problem = message.startsWith(place) ? message.slice(place.length) : message;
    const placed = file === undefined ? message : `${file}:${line} ${message}`;
    places.set(problem, [...(places.get(problem) ?? []), placed]);
  }
  return [...places.values()].map(([first, ...others]) =>
    others.length === 0 ? `${first}` : `${first} (and at ${count(others.length, 'other place')})`,
  );
}

function mutationLines({ mutants, killed, score, survivors }: MutationReport): string[] {
  const head = `Mutation score ${score} %: ${killed} of ${count(mutants, 'changed copy', 'changed copies')} found out.`;
  if (survivors.length === 0) return [head];
  const groups = new Map<string, string[]>();
  for (const { file, line, change } of survivors) {
    const place = file === null ? '' : `${file}:${line} `;
    groups.set(place, [...(groups.get(place) ?? []), change]);
  }
  const told = [...groups].slice(0, GROUPS).map(([place, changes]) => `  ${place}${[...new Set(changes)].join(' | ')}`);
  const more =
    groups.size > GROUPS ? [`  and at ${count(groups.size - GROUPS, 'other line')}; --json has them all`] : [];
  return [head, 'Nothing noticed these changes; a golden row for each line would:', ...told, ...more];
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
