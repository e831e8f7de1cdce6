import type { z } from 'zod';
import type { InstalledPolicy } from '../../../engine/policy/policies.ts';
import type { ImportContext } from '../kind.ts';
import type { Row } from './read-rows.ts';
import type { RowIssue } from './rejects.ts';

/** Gathers what is wrong with the rows of a batch; a row with an issue is left out of what follows. */
export class Issues {
  readonly all: RowIssue[] = [];
  readonly #lines = new Set<number>();

  add({ line, cells }: Row, column: string | null, rule: string): void {
    this.#lines.add(line);
    this.all.push({ line, column, rule, value: (column !== null && cells[column]) || null });
  }

  has({ line }: Row): boolean {
    return this.#lines.has(line);
  }
}

/** A row with its cells read. */
export interface ParsedRow<Cells> {
  readonly row: Row;
  readonly cells: Cells;
}

/** The rows that keep the schema, each with its cells read. */
export function parseRows<Schema extends z.ZodType>(
  rows: readonly Row[],
  schema: Schema,
  issues: Issues,
): ParsedRow<z.output<Schema>>[] {
  return rows.flatMap((row) => {
    const read = schema.safeParse(row.cells);
    if (read.success) return [{ row, cells: read.data }];
    for (const { path, message } of read.error.issues) issues.add(row, String(path[0] ?? ''), message);
    return [];
  });
}

/** The business line of a row: its own, else the import's. */
export function policyOf(
  { services, policyId }: Pick<ImportContext, 'services' | 'policyId'>,
  { row, cells }: ParsedRow<{ readonly policyId?: string | null | undefined }>,
  issues: Issues,
): InstalledPolicy | null {
  const wanted = cells.policyId ?? policyId;
  const policy = wanted ? services.policies.get(wanted) : undefined;
  if (policy?.declaration.businessLine) return policy;
  issues.add(row, 'policyId', wanted ? 'names no business line' : 'is empty, and the import names no business line');
  return null;
}

/** The code by which something declared is meant: itself, or its label in either language. */
export function codeOf(
  declared:
    | Readonly<
        Record<
          string,
          { readonly label?: { readonly en: string; readonly zh: string }; readonly en?: string; readonly zh?: string }
        >
      >
    | undefined,
  text: string,
): string | null {
  if (declared === undefined) return null;
  if (Object.hasOwn(declared, text)) return text;
  const found = Object.entries(declared).find(
    ([, { label, en = label?.en, zh = label?.zh }]) => en === text || zh === text,
  );
  return found?.[0] ?? null;
}
