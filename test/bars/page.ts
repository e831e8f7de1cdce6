import { BARS } from './bars.ts';

/** How a bar stands, as a row of docs/reliability.md. */
export interface Standing {
  readonly state: string;
  readonly figure: string;
  readonly faults: string;
  readonly date: string;
}

const COLUMNS = ['bar', 'tier', 'what', 'to reach', 'state', 'figure', 'faults injected', 'date', 'run by'];
const PLACES = { state: 4, figure: 5, faults: 6, date: 7 };

const NEVER: Standing = { state: 'not run', figure: '', faults: '', date: '' };

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((text) => text.trim().replaceAll('\\|', '|'));

/** What the page said of each bar. */
export function standingsOf(page: string): Map<number, Standing> {
  const rows = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));
  return new Map(
    rows.map((line) => {
      const cells = cellsOf(line);
      const of = (place: number) => cells[place] ?? '';
      const { state, figure, faults, date } = PLACES;
      return [Number(cells[0]), { state: of(state), figure: of(figure), faults: of(faults), date: of(date) }];
    }),
  );
}

/** The page, with how each bar stands. */
export function pageOf(standings: ReadonlyMap<number, Standing>): string {
  const rows = Object.entries(BARS).map(([number, { tier, what, reach, by, lacks }]) => {
    const standing = by.length === 0 ? NEVER : (standings.get(Number(number)) ?? NEVER);
    const run = [...new Set(by.map(({ file }) => `\`${file}\``))].join(', ') || '-';
    const isLacking = lacks !== undefined && standing.state === 'held';
    const state = isLacking ? 'held in part' : standing.state;
    const { figure, faults, date } = standing;
    return [
      number,
      tier,
      what,
      lacks ? `${reach}; without a program: ${lacks}` : reach,
      state,
      figure,
      faults,
      date,
      run,
    ];
  });
  const table = [COLUMNS, COLUMNS.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return `${HEAD}\n${table.join('\n')}\n`;
}

const HEAD = `# Reliability, by its bars

Sixty promises, each with a figure to reach, and how it stands. \`npm run bars\` runs those of tier P, \`npm run bars -- --long\` those of tier N
too, in their long versions, and \`npm run bars -- 13 42\` the ones that are named; each run writes its rows here. A bar is held when all
tests that hold it pass; those that inject faults count them, and fail where they were fewer than their bar asks for. What no program runs yet is
said in the bar's row: it is "held in part", or "not run".
`;
