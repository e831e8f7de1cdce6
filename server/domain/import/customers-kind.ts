import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { dateIn } from '../../platform/values/days.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { textIn } from '../../platform/values/text.ts';
import { ByNumber, numbered } from '../customers/by-number.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { numberKey } from '../customers/name-search.ts';
import { unsealProfile } from '../customers/profile.ts';
import { checkBirthday, checkCustomerFields } from '../customers/rules.ts';
import { type CustomerChange, changeOf, KNOWN, type Known } from './customer-change.ts';
import { takenGrade } from './customer-grade.ts';
import { CUSTOMER_COLUMNS, type CustomerCells, customerRow } from './customer-row.ts';
import { storeCustomers } from './customer-store.ts';
import type { CheckedBatch, FileKind, ImportContext } from './kind.ts';
import { PROFILE, ProfileReader } from './profile-cells.ts';
import { Issues, type ParsedRow, parseRows, policyOf } from './reading/parse.ts';
import type { Row } from './reading/read-rows.ts';
import type { References } from './references.ts';

/**
 * Customers by business line and number. A row opens a file or, where there is one, changes what it says otherwise: a
 * column that the file has rules, an empty cell included; a column that it lacks stays as it is. Consent, stage and grade
 * are not taken back by an empty cell. A file is moved neither to another branch nor to another kind.
 *
 * A new customer passes the policy's guard as one that is created by hand.
 */
export function customersKind(context: ImportContext, references: References): FileKind {
  return new CustomerImport(context, references);
}

type CustomerRow = ParsedRow<CustomerCells> & { readonly policy: InstalledPolicy };

class CustomerImport implements FileKind {
  readonly columns = { named: CUSTOMER_COLUMNS, prefix: PROFILE };
  readonly #context: ImportContext;
  readonly #references: References;
  readonly #profiles: ProfileReader;

  constructor(context: ImportContext, references: References) {
    this.#context = context;
    this.#references = references;
    this.#profiles = new ProfileReader(context.shift);
  }

  keyOf({ cells }: Row): string | null {
    return cells.number ? `${cells.policyId ?? this.#context.policyId} ${numberKey(cells.number)}` : null;
  }

  async check(rows: readonly Row[]): Promise<CheckedBatch> {
    const context = this.#context;
    const issues = new Issues();
    const parsed = parseRows(rows, customerRow, issues).flatMap((one) => {
      const policy = policyOf(context, one, issues);
      return policy ? [{ ...one, policy }] : [];
    });
    const changes: CustomerChange[] = [];
    let unchanged = 0;
    for (const [policy, ofPolicy] of groupBy(parsed, (one) => one.policy)) {
      const stored = await readStored(context, policy.declaration.id, ofPolicy);
      const profiles = await this.#profilesOf(policy, ofPolicy, stored, issues);
      const changed = ofPolicy.flatMap(
        (one) => this.#changeIn(one, stored.get(one.cells.number), profiles.get(one.row) ?? null, issues) ?? [],
      );
      unchanged += ofPolicy.filter(({ row }) => !issues.has(row)).length - changed.length;
      if (!context.isAllowed) await askGuard(context, policy, changed, issues);
      changes.push(...changed.filter(({ row }) => !issues.has(row)));
    }
    const counts = { imported: changes.length, unchanged };
    return {
      issues: issues.all,
      count: async () => counts,
      store: async () => {
        await storeCustomers(context, changes);
        return counts;
      },
    };
  }

  #profilesOf(
    { declaration }: InstalledPolicy,
    rows: readonly CustomerRow[],
    stored: ByNumber<Known>,
    issues: Issues,
  ): Promise<ReadonlyMap<Row, Record<string, unknown> | null>> {
    const known = rows.map(({ row, cells }) => ({
      row,
      kind: cells.kind,
      stored: (stored.get(cells.number)?.profile as Record<string, unknown> | undefined) ?? null,
    }));
    return this.#profiles.read(this.#context.services.policies, declaration, known, issues);
  }

  /** What the row changes; null where it is bad or changes nothing. */
  #changeIn(
    { row, cells, policy }: CustomerRow,
    stored: Known | undefined,
    profile: Record<string, unknown> | null,
    issues: Issues,
  ): CustomerChange | null {
    const { id: policyId } = policy.declaration;
    const broken = [
      ...checkCustomerFields(cells, 'row'),
      ...checkBirthday(cells.birthday, dateIn(this.#context.now, zoneOf(policy.declaration)), 'row.birthday'),
    ];
    for (const { path, message } of broken) issues.add(row, path.split('.')[1] ?? null, message);
    const branch = this.#references.branches.get(cells.branchCode);
    if (!branch?.policyIds.includes(policyId)) issues.add(row, 'branchCode', `is no branch that runs ${policyId}`);
    else if (stored && stored.branchId !== branch.id)
      issues.add(row, 'branchCode', 'is not the branch that keeps the file');
    else if (!stored && branch.closedAt) issues.add(row, 'branchCode', 'is a branch that is closed');
    if (stored?.erasedAt) issues.add(row, 'number', 'is of a customer who was deleted');
    if (stored && stored.kind !== cells.kind) issues.add(row, 'kind', `is not the kind of the file, ${stored.kind}`);
    const manager = cells.managerNumber ? this.#references.staff.get(cells.managerNumber) : undefined;
    if (cells.managerNumber && !manager) issues.add(row, 'managerNumber', 'is nobody who works here');
    // Whoever manages the customer already may have left since; that is no fault of this row.
    else if (manager && branch && manager.id !== stored?.managerId) {
      const unfit = this.#references.unfit('CUSTOMER', manager.id, { policyId, branchId: branch.id });
      if (unfit) issues.add(row, 'managerNumber', unfit);
    }
    const stage = cells.stage ?? stored?.stage ?? 'POTENTIAL';
    const holder = { vipConsent: cells.consentVip ?? stored?.vipConsent ?? null, stage, departedAt: null, profile };
    const grade = takenGrade(this.#context, { row, cells }, { policy, holder, held: stored?.grades ?? [] }, issues);
    if (issues.has(row) || !branch) return null;
    const read = { row, cells, policy, branchId: branch.id, managerId: manager?.id ?? null, profile, grade };
    return changeOf(this.#context, read, stored);
  }
}

/** The files of rows that are stored already. */
async function readStored(
  context: ImportContext,
  policyId: string,
  rows: readonly ParsedRow<CustomerCells>[],
): Promise<ByNumber<Known>> {
  const numbers = rows.map(({ cells }) => cells.number);
  const known = await context.services.database.prisma.customer.findMany({
    where: numbered(policyId, numbers),
    select: KNOWN,
  });
  return new ByNumber(known.map((one) => opened(context, one)));
}

/** The file with the whole of its profile in clear, for the row to be compared with. */
function opened({ services: { sealer } }: ImportContext, known: Known): Known {
  return { ...known, profile: known.profile && (unsealProfile(sealer, known.id, known.profile) as Prisma.JsonObject) };
}

/** Asks the policy whether the new ones among the customers may be kept. */
async function askGuard(
  { services, now, locale }: ImportContext,
  policy: InstalledPolicy,
  changes: readonly CustomerChange[],
  issues: Issues,
): Promise<void> {
  const created = changes.filter(({ isNew }) => isNew);
  if (created.length === 0) return;
  const facts = created.map(({ values, policy: { declaration } }) => ({
    now: now.toISOString(),
    action: 'CREATE_CUSTOMER' as const,
    viewer: { roles: ['SERVICE' as const] },
    customer: customerFacts(declaration, { ...values, grade: null }),
    ticket: null,
    input: {
      consent:
        values.vipConsent === null
          ? null
          : { vipService: values.vipConsent, marketing: values.marketingConsent ?? false },
    },
  }));
  const decisions = await services.policies.askMany(policy.declaration.id, 'guard', facts);
  for (const [index, { row }] of created.entries()) {
    const decision = decisions[index];
    if (!decision || decision instanceof Error) issues.add(row, null, decision?.message ?? 'the policy gave no answer');
    else
      for (const { code, text } of decision.answer.refusals) issues.add(row, null, `${code}: ${textIn(text, locale)}`);
  }
}
