import type { Prisma } from '../../../prisma/generated/client/client.ts';

/** What stands where a text was. */
export const ERASED = '(erased)';

/** What is done to the rows of a customer in one table, and what of them the customer is told. */
export interface PersonalTable {
  /** When a file is deleted: what of its rows is overwritten; or all of them stay, or go. */
  readonly erase: Prisma.Sql | 'KEPT' | 'DELETED';
  /** Where rows hang on another row of the customer's instead of naming the customer: that table, and the column. */
  readonly through?: { readonly parent: string; readonly key: string };
  /** Columns that the platform keeps for itself, which an export leaves out as it does indexes and masks. */
  readonly internal?: readonly string[];
}

/** The tables of a slice that know customers, by name; server/domain/privacy joins those of all slices. */
export type PersonalData = Readonly<Record<string, PersonalTable>>;
