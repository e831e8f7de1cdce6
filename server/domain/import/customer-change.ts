import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import { newId } from '../../platform/values/ids.ts';
import { isSameRecord } from '../../platform/values/json.ts';
import { IDENTIFIERS, type Identifier, identifierIn, isSameIdentifier } from '../customers/identifiers.ts';
import { departure } from '../customers/rules.ts';
import type { TakenGrade } from './customer-grade.ts';
import type { CustomerCells } from './customer-row.ts';
import type { ImportContext } from './kind.ts';
import type { ParsedRow } from './reading/parse.ts';

/** What a row is compared with. */
export const KNOWN = {
  id: true,
  numberKey: true,
  version: true,
  erasedAt: true,
  kind: true,
  stage: true,
  name: true,
  branchId: true,
  departedAt: true,
  archivedAt: true,
  managerId: true,
  birthday: true,
  phoneSealed: true,
  phoneMask: true,
  phoneIndex: true,
  emailSealed: true,
  emailMask: true,
  emailIndex: true,
  idNumberSealed: true,
  idNumberMask: true,
  idNumberIndex: true,
  profile: true,
  vipConsent: true,
  marketingConsent: true,
  consentAt: true,
  tierRank: true,
  grades: {
    where: { state: { not: 'ENDED' }, scheduled: false },
    select: { id: true, schemeId: true, tierCode: true, tierRank: true, since: true },
  },
} satisfies Prisma.CustomerSelect;

export type Known = Prisma.CustomerGetPayload<{ select: typeof KNOWN }>;

/** A customer as the row makes it. */
export interface CustomerChange extends ParsedRow<CustomerCells> {
  readonly id: string;
  readonly policy: InstalledPolicy;
  readonly isNew: boolean;
  /** The version that was compared; 1 of a new file. */
  readonly version: number;
  readonly branchId: string;
  readonly values: Pick<
    Known,
    | 'kind'
    | 'stage'
    | 'departedAt'
    | 'archivedAt'
    | 'name'
    | 'managerId'
    | 'birthday'
    | 'profile'
    | 'vipConsent'
    | 'marketingConsent'
    | 'consentAt'
  >;
  /** Whether the row brings a decision on consent that is not the stored one. */
  readonly decidesConsent: boolean;
  readonly grade: TakenGrade | null;
  readonly stored: Known | null;
}

/** What a good row makes of a customer; null where the file says so already. */
export function changeOf(
  { services: { sealer }, now }: ImportContext,
  row: ParsedRow<CustomerCells> & {
    readonly policy: InstalledPolicy;
    readonly branchId: string;
    readonly managerId: string | null;
    readonly profile: Record<string, unknown> | null;
    readonly grade: TakenGrade | null;
  },
  stored: Known | undefined,
): CustomerChange | null {
  const { cells, managerId, profile, ...rest } = row;
  const vipConsent = cells.consentVip ?? stored?.vipConsent ?? null;
  const marketingConsent = cells.consentMarketing ?? stored?.marketingConsent ?? null;
  const decidesConsent =
    vipConsent !== (stored?.vipConsent ?? null) || marketingConsent !== (stored?.marketingConsent ?? null);
  const { departedAt = null, archivedAt = null } = stored ?? {};
  const values: CustomerChange['values'] = {
    kind: cells.kind,
    stage: cells.stage ?? stored?.stage ?? 'POTENTIAL',
    departedAt,
    archivedAt,
    ...departure(stored ?? null, cells.stage, now),
    name: cells.name,
    managerId: cells.managerNumber === undefined ? (stored?.managerId ?? null) : managerId,
    birthday: cells.birthday === undefined ? (stored?.birthday ?? null) : cells.birthday,
    profile: profile as Prisma.JsonValue,
    vipConsent,
    marketingConsent,
    consentAt: decidesConsent ? now : (stored?.consentAt ?? null),
  };
  const change = { ...rest, cells, values, decidesConsent, stored: stored ?? null };
  if (!stored) return { ...change, id: newId(), isNew: true, version: 1 };
  const isUnchanged =
    row.grade === null &&
    !decidesConsent &&
    values.stage === stored.stage &&
    values.name === stored.name &&
    values.managerId === stored.managerId &&
    values.birthday?.getTime() === stored.birthday?.getTime() &&
    isSameRecord(values.profile, stored.profile) &&
    IDENTIFIERS.every((field) => isSame(sealer, field, cells[field], stored));
  return isUnchanged ? null : { ...change, id: stored.id, isNew: false, version: stored.version };
}

/** Whether the file has the identifier that a cell says; the sealed value differs each time that it is sealed. */
function isSame(sealer: FieldCipher, field: Identifier, cell: string | null | undefined, stored: Known): boolean {
  if (cell === undefined) return true;
  const known = identifierIn(sealer, stored, field);
  return cell && known ? isSameIdentifier(field, cell, known) : !cell && !known;
}
