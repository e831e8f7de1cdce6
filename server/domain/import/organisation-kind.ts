import { z } from 'zod';
import type { Staff } from '../../../prisma/generated/client/client.ts';
import { Role } from '../../../prisma/generated/client/enums.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { newId } from '../../platform/values/ids.ts';
import { auditBatch } from './import-audit.ts';
import type { CheckedBatch, FileKind, ImportContext } from './kind.ts';
import { choice, dateOf, flag, instantOf, needed, optional, words } from './reading/cells.ts';
import { Issues, type ParsedRow, parseRows } from './reading/parse.ts';
import type { Row } from './reading/read-rows.ts';
import type { KnownBranch, References } from './references.ts';
import { shiftInstant } from './shift.ts';
import { insertRows, updateRows } from './sql.ts';

const COLUMNS = {
  kind: { also: ['类型'], needed: true },
  code: { also: ['编号', '机构编号', '工号'], needed: true },
  name: { also: ['名称', '姓名'], needed: true },
  parentCode: { also: ['上级机构', '上级机构编号'] },
  policyIds: { also: ['业务线'] },
  roles: { also: ['岗位', '角色'] },
  branchCode: { also: ['所属机构', '所属机构编号'] },
  active: { also: ['在职'] },
  ndaSignedAt: { also: ['保密协议签署时间'] },
} as const;

const KINDS = { 机构: 'BRANCH', 网点: 'BRANCH', 员工: 'STAFF', 人员: 'STAFF' } as const;

const row = z.object({
  kind: choice(['BRANCH', 'STAFF'], KINDS),
  code: needed(64),
  name: needed(200),
  parentCode: optional(64),
  policyIds: words,
  roles: words,
  branchCode: optional(64),
  active: flag,
  ndaSignedAt: optional(40),
});

type Parsed = ParsedRow<z.output<typeof row>>;

/** What a row adds or changes. */
interface Target {
  readonly table: 'branch' | 'staff';
  readonly isNew: boolean;
  readonly row: { readonly id: string; readonly createdAt?: Date };
}

const ROLES: readonly string[] = Object.values(Role);

/**
 * Branches by code and staff by number, in one file: a branch stands below the one that it belongs to, and staff below
 * their branch. Someone who is there already keeps what the file has no column for.
 */
export function organisationKind(context: ImportContext, references: References): FileKind {
  return new OrganisationImport(context, references);
}

class OrganisationImport implements FileKind {
  readonly columns = { named: COLUMNS };
  readonly #context: ImportContext;
  /** Of the rows above too, which in a pass that only checks are not stored. */
  readonly #branches: Map<string, KnownBranch>;

  constructor(context: ImportContext, references: References) {
    this.#context = context;
    this.#branches = new Map(references.branches);
  }

  keyOf({ cells }: Row): string | null {
    return cells.kind && cells.code ? `${cells.kind} ${cells.code}` : null;
  }

  async check(rows: readonly Row[]): Promise<CheckedBatch> {
    const issues = new Issues();
    const parsed = parseRows(rows, row, issues);
    const known = await readStaff(this.#context, parsed);
    const targets: Target[] = [];
    const lines: number[] = [];
    let unchanged = 0;
    for (const one of parsed) {
      const { kind, code } = one.cells;
      const target = kind === 'BRANCH' ? this.#branchOf(one, issues) : this.#staffOf(one, known.get(code), issues);
      if (issues.has(one.row)) continue;
      if (target === null) {
        unchanged += 1;
        continue;
      }
      targets.push(target);
      lines.push(one.row.line);
    }
    const counts = { imported: lines.length, unchanged };
    return {
      issues: issues.all,
      count: async () => counts,
      store: async () => {
        if (lines.length > 0) await store(this.#context, targets, lines);
        return counts;
      },
    };
  }

  /** The branch as the row has it; null where it is stored so. */
  #branchOf(one: Parsed, issues: Issues): Target | null {
    const { row: raw, cells } = one;
    const before = this.#branches.get(cells.code);
    const parent = this.#checkedParent(one, before, issues);
    const policyIds = cells.policyIds ?? [...(before?.policyIds ?? [])];
    for (const id of policyIds) {
      if (!this.#context.services.policies.get(id)?.declaration.businessLine)
        issues.add(raw, 'policyIds', `${id} is no business line`);
    }
    if (issues.has(raw)) return null;
    const parentId = cells.parentCode === undefined ? (before?.parentId ?? null) : (parent?.id ?? null);
    const branch = { id: before?.id ?? newId(), code: cells.code, name: cells.name, parentId, policyIds };
    this.#branches.set(branch.code, branch);
    if (!before) return { table: 'branch', isNew: true, row: { ...branch, createdAt: this.#context.now } };
    const isSame =
      before.name === branch.name && before.parentId === parentId && before.policyIds.join() === policyIds.join();
    return isSame ? null : { table: 'branch', isNew: false, row: branch };
  }

  #checkedParent(
    { row: raw, cells }: Parsed,
    before: KnownBranch | undefined,
    issues: Issues,
  ): KnownBranch | undefined {
    if (!cells.parentCode) return undefined;
    const parent = this.#branches.get(cells.parentCode);
    if (!parent) issues.add(raw, 'parentCode', 'is no branch that is stored or stands above');
    else if (parent.closedAt && before?.parentId !== parent.id)
      issues.add(raw, 'parentCode', 'is a branch that is closed');
    else if (before && this.#isWithin(parent, before.id)) issues.add(raw, 'parentCode', 'lies below the branch itself');
    return parent;
  }

  #isWithin(branch: KnownBranch, rootId: string): boolean {
    const byId = new Map([...this.#branches.values()].map((one) => [one.id, one]));
    for (let one: KnownBranch | undefined = branch; one; one = one.parentId ? byId.get(one.parentId) : undefined) {
      if (one.id === rootId) return true;
    }
    return false;
  }

  /** The person as the row has it; null where it is stored so. */
  #staffOf({ row: raw, cells }: Parsed, before: Staff | undefined, issues: Issues): Target | null {
    const { now, shift } = this.#context;
    const branch = cells.branchCode ? this.#branches.get(cells.branchCode) : undefined;
    if (!branch)
      issues.add(raw, 'branchCode', cells.branchCode ? 'is no branch that is stored or stands above' : 'is empty');
    if (branch?.closedAt && (cells.active ?? before?.active ?? true))
      issues.add(raw, 'branchCode', 'is a branch that is closed');
    const roles = checkedRoles({ row: raw, cells }, issues);
    const signed = cells.ndaSignedAt
      ? instantOf(
          dateOf(cells.ndaSignedAt)
            ? `${dateOf(cells.ndaSignedAt)?.toISOString().slice(0, 10)} 00:00`
            : cells.ndaSignedAt,
          'Asia/Shanghai',
        )
      : null;
    if (cells.ndaSignedAt && !signed) issues.add(raw, 'ndaSignedAt', 'is no date or instant');
    if (!branch || issues.has(raw)) return null;
    const person = {
      id: before?.id ?? newId(),
      number: cells.code,
      name: cells.name,
      roles,
      branchId: branch.id,
      active: cells.active ?? before?.active ?? true,
      ndaSignedAt: signed ? shiftInstant(signed, shift) : (before?.ndaSignedAt ?? null),
    };
    if (!before) return { table: 'staff', isNew: true, row: { ...person, createdAt: now } };
    const isSame =
      before.name === person.name &&
      before.roles.join() === person.roles.join() &&
      before.branchId === person.branchId &&
      before.active === person.active &&
      before.ndaSignedAt?.getTime() === person.ndaSignedAt?.getTime();
    return isSame ? null : { table: 'staff', isNew: false, row: person };
  }
}

function checkedRoles({ row: raw, cells }: Parsed, issues: Issues): string[] {
  const roles = (cells.roles ?? []).map((role) => role.toUpperCase());
  if (roles.length === 0) issues.add(raw, 'roles', 'is empty');
  for (const role of roles)
    if (!ROLES.includes(role)) issues.add(raw, 'roles', `${role} is none of ${ROLES.join(', ')}`);
  return roles;
}

/** The staff of these rows who are there already, by number. */
async function readStaff({ services }: ImportContext, rows: readonly Parsed[]): Promise<ReadonlyMap<string, Staff>> {
  const numbers = rows.flatMap(({ cells }) => (cells.kind === 'STAFF' ? [cells.code] : []));
  const staff = await services.database.prisma.staff.findMany({ where: { number: { in: numbers } } });
  return new Map(staff.map((one) => [one.number, one]));
}

async function store(context: ImportContext, targets: readonly Target[], lines: readonly number[]): Promise<void> {
  const rows = (table: Target['table'], isNew: boolean) =>
    targets.filter((target) => target.table === table && target.isNew === isNew).map((target) => target.row);
  await inTransaction(context.services.database, async (tx) => {
    await insertRows(tx, 'branch', rows('branch', true));
    await updateRows(tx, 'branch', rows('branch', false));
    await insertRows(tx, 'staff', rows('staff', true));
    await updateRows(tx, 'staff', rows('staff', false));
    await auditBatch(tx, context, 'IMPORT_ORGANISATION', { policyId: null, lines, rows: lines.length });
  });
}
