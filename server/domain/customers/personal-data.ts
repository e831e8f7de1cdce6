import { type Customer, Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';
import { SEARCH_FORM } from './identifiers.ts';

/** What hangs on a file; the file itself is erased by `erasedFile`. */
export const personalData: PersonalData = {
  contact: { erase: 'DELETED' },
  current_figure: { erase: 'KEPT' },
  figure: { erase: 'KEPT' },
};

/** Columns of the file that an export leaves out. */
export const INTERNAL_OF_FILE: readonly string[] = ['name_words', 'search_text', 'search_form', 'number_key'];

/** What is left of a file: that there was a customer, of which line and branch, and when it left. */
export function erasedFile({ id, departedAt }: Pick<Customer, 'id' | 'departedAt'>, now: Date) {
  return {
    number: `X-${id.replaceAll('-', '').slice(-12)}`,
    name: ERASED,
    nameWords: [],
    searchText: '',
    searchForm: SEARCH_FORM,
    stage: 'LAPSED',
    birthday: null,
    phoneSealed: null,
    phoneMask: null,
    phoneIndex: null,
    emailSealed: null,
    emailMask: null,
    emailIndex: null,
    idNumberSealed: null,
    idNumberMask: null,
    idNumberIndex: null,
    profile: Prisma.DbNull,
    vipConsent: false,
    marketingConsent: false,
    mayDisclose: false,
    consentAt: now,
    gradeId: null,
    tierCode: null,
    tierRank: null,
    schemeId: null,
    reviewDueOn: null,
    departedAt: departedAt ?? now,
    erasedAt: now,
    version: { increment: 1 },
    updatedAt: now,
  } satisfies Prisma.CustomerUncheckedUpdateInput;
}
