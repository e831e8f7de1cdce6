import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import { maskEmail, maskIdNumber, maskPhone, type PhoneMask } from '../../platform/access/mask.ts';
import { telephoneOf } from '../../platform/values/telephone.ts';

export type Identifier = 'phone' | 'email' | 'idNumber';

export const IDENTIFIERS: readonly Identifier[] = ['phone', 'email', 'idNumber'];

/**
 * The form of blind indexes and search columns that is written now. Rows of an earlier form are rebuilt by a job
 * (refresh-search.ts); raise it when a normal form changes.
 */
export const SEARCH_FORM = 1;

/** The place that a customer's `phone`, `email` or `idNumber` is sealed to. */
export function identifierPlace(customerId: string, field: string): string {
  return `customer|${field}|${customerId}`;
}

/** By what an identifier is compared and found, however it is written. A telephone number's extension tells no two apart. */
export function normalIdentifier(field: Identifier, value: string): string {
  const text = value.normalize('NFKC').trim();
  if (field === 'phone') return telephoneOf(text)?.number ?? text;
  if (field === 'email') return text.toLowerCase();
  return text.replace(/[\s-]/g, '').toUpperCase();
}

/** The blind index of an identifier. Indexes of different fields never meet, even of the same digits. */
export function indexOf(sealer: FieldCipher, field: Identifier, value: string): string {
  return sealer.blindIndex(`${field}:${normalIdentifier(field, value)}`);
}

/** Under what an identifier may be stored: under each key, and in the form before the present one. */
export function indexesOf(sealer: FieldCipher, field: Identifier, value: string): string[] {
  const before = value.normalize('NFKC').replace(/[\s-]/g, '').toLowerCase();
  return [...sealer.blindIndexes(`${field}:${normalIdentifier(field, value)}`), ...sealer.blindIndexes(before)];
}

/** How an identifier is shown masked. */
export function maskOf(field: Identifier, value: string, style?: PhoneMask): string {
  if (field === 'phone') return maskPhone(value, style);
  return field === 'email' ? maskEmail(value) : maskIdNumber(value);
}

type IdentifierColumn = `${Identifier}${'Sealed' | 'Mask' | 'Index'}`;

/** The sealed value, mask and blind index of each identifier that is given; none of what is null. */
export function sealIdentifiers(
  sealer: FieldCipher,
  customerId: string,
  given: { readonly [Field in Identifier]?: string | null },
  policy: InstalledPolicy,
): { readonly [Column in IdentifierColumn]?: string | null } {
  const columns: { [Column in IdentifierColumn]?: string | null } = {};
  for (const field of IDENTIFIERS) {
    const value = given[field];
    if (value === undefined) continue;
    const text = value && storedText(field, value);
    columns[`${field}Sealed`] = text ? sealer.seal(text, identifierPlace(customerId, field)) : null;
    columns[`${field}Mask`] = text ? maskOf(field, text, policy.declaration.phoneMask) : null;
    columns[`${field}Index`] = text ? indexOf(sealer, field, text) : null;
  }
  return columns;
}

/** As it was written, but for width and marks that nobody sees. */
function storedText(field: Identifier, value: string): string {
  const text = value.normalize('NFKC').trim();
  return field === 'phone' ? (telephoneOf(text)?.text ?? text) : text;
}

/** Whether two values of an identifier are one and the same. */
export function isSameIdentifier(field: Identifier, one: string, other: string): boolean {
  if (normalIdentifier(field, one) !== normalIdentifier(field, other)) return false;
  return field !== 'phone' || telephoneOf(one)?.extension === telephoneOf(other)?.extension;
}

/** An identifier of a file in clear; null where there is none. */
export function identifierIn(
  sealer: FieldCipher,
  file: { readonly id: string } & { readonly [Column in `${Identifier}Sealed`]: string | null },
  field: Identifier,
): string | null {
  const sealed = file[`${field}Sealed`];
  return sealed && sealer.open(sealed, identifierPlace(file.id, field));
}
