import { z } from 'zod';
import { Role } from '../../../prisma/generated/client/enums.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { newId } from '../../platform/values/ids.ts';
import { auditBatch } from './audit.ts';
import { choice, flag, instantOf, needed, optional, words } from './cells.ts';
import type { FileKind, ImportContext } from './kind.ts';
import { Issues, type ParsedRow, parseRows } from './parse.ts';
import type { KnownBranch, References } from './references.ts';
import { insertRows, updateRows } from './sets.ts';
import { shiftInstant } from './shift.ts';

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

type BranchRow = Omit<KnownBranch, 'policyIds'> & { readonly policyIds: string[]; readonly createdAt: Date };

const ROLES: readonly string[] = Object.values(Role);

/**
 * Branches by code and staff by number, in one file: a branch stands below the one that it belongs to, and staff below
 * their branch. Someone who is there already keeps what the file has no column for.
 */
export function organisationKind(context: ImportContext, references: References): FileKind {
  const { services, now, shift } = context;
  const { prisma } = services.database;
  // Of the rows above too, which in a pass that only checks are not stored.
  const branches = new Map(references.branches);

  return {
    columns: { named: COLUMNS },
    keyOf: ({ cells }) => `${cells.kind} ${cells.code}`,
    async check(rows) {
      const issues = new Issues();
      const parsed = parseRows(rows, row, issues);
      const numbers = parsed.flatMap(({ cells }) => (cells.kind === 'STAFF' ? [cells.code] : []));
      const known = new Map(
        (await prisma.staff.findMany({ where: { number: { in: numbers } } })).map((one) => [one.number, one]),
      );
      const newBranches: BranchRow[] = [];
      const changedBranches: Omit<BranchRow, 'createdAt'>[] = [];
      const newStaff: object[] = [];
      const changedStaff: { id: string }[] = [];
      const lines: number[] = [];
      let unchanged = 0;
      for (const one of parsed) {
        const target =
          one.cells.kind === 'BRANCH' ? branchOf(one, issues) : staffOf(one, known.get(one.cells.code), issues);
        if (issues.has(one.row)) continue;
        if (target === null) unchanged += 1;
        else lines.push(one.row.line);
        if (target?.table === 'branch') (target.isNew ? newBranches : changedBranches).push(target.row as BranchRow);
        if (target?.table === 'staff') (target.isNew ? newStaff : changedStaff).push(target.row);
      }
      return {
        issues: issues.all,
        store: async () => {
          if (lines.length === 0) return { imported: 0, unchanged };
          await inTransaction(services.database, async (tx) => {
            await insertRows(tx, 'branch', newBranches);
            await updateRows(tx, 'branch', changedBranches);
            await insertRows(tx, 'staff', newStaff);
            await updateRows(tx, 'staff', changedStaff);
            await auditBatch(tx, context, 'IMPORT_ORGANISATION', { policyId: null, lines, rows: lines.length });
          });
          return { imported: lines.length, unchanged };
        },
      };
    },
  };

  /** The branch as the row has it; null where it is stored so. */
  function branchOf({ row: raw, cells }: Parsed, issues: Issues) {
    const before = branches.get(cells.code);
    const parent = cells.parentCode ? branches.get(cells.parentCode) : undefined;
    if (cells.parentCode && !parent) issues.add(raw, 'parentCode', 'is no branch that is stored or stands above');
    if (before && parent && isWithin(parent, before.id)) issues.add(raw, 'parentCode', 'lies below the branch itself');
    const policyIds = cells.policyIds ?? [...(before?.policyIds ?? [])];
    for (const id of policyIds) {
      if (!services.policies.get(id)?.declaration.businessLine)
        issues.add(raw, 'policyIds', `${id} is no business line`);
    }
    if (issues.has(raw)) return null;
    const parentId = cells.parentCode === undefined ? (before?.parentId ?? null) : (parent?.id ?? null);
    const branch = { id: before?.id ?? newId(), code: cells.code, name: cells.name, parentId, policyIds };
    branches.set(branch.code, branch);
    if (!before) return { table: 'branch' as const, isNew: true, row: { ...branch, createdAt: now } };
    const isSame =
      before.name === branch.name && before.parentId === parentId && before.policyIds.join() === policyIds.join();
    return isSame ? null : { table: 'branch' as const, isNew: false, row: branch };
  }

  function isWithin(branch: KnownBranch, rootId: string): boolean {
    const byId = new Map([...branches.values()].map((one) => [one.id, one]));
    for (let one: KnownBranch | undefined = branch; one; one = one.parentId ? byId.get(one.parentId) : undefined) {
      if (one.id === rootId) return true;
    }
    return false;
  }

  /** The person as the row has it; null where it is stored so. */
  function staffOf(
    { row: raw, cells }: Parsed,
    before: Awaited<ReturnType<typeof prisma.staff.findMany>>[number] | undefined,
    issues: Issues,
  ) {
    const branch = cells.branchCode ? branches.get(cells.branchCode) : undefined;
    if (!branch)
      issues.add(raw, 'branchCode', cells.branchCode ? 'is no branch that is stored or stands above' : 'is empty');
    const roles = (cells.roles ?? []).map((role) => role.toUpperCase());
    if (roles.length === 0) issues.add(raw, 'roles', 'is empty');
    for (const role of roles)
      if (!ROLES.includes(role)) issues.add(raw, 'roles', `${role} is none of ${ROLES.join(', ')}`);
    const signed = cells.ndaSignedAt
      ? instantOf(cells.ndaSignedAt.length <= 10 ? `${cells.ndaSignedAt} 00:00` : cells.ndaSignedAt, 'Asia/Shanghai')
      : null;
    if (cells.ndaSignedAt && !signed) issues.add(raw, 'ndaSignedAt', 'is no date or instant');
    if (!branch || issues.has(raw)) return null;
    const person = {
      id: before?.id ?? newId(),
      number: cells.code,
      name: cells.name,
      roles: roles as Role[],
      branchId: branch.id,
      active: cells.active ?? before?.active ?? true,
      ndaSignedAt: signed ? shiftInstant(signed, shift) : (before?.ndaSignedAt ?? null),
    };
    if (!before) return { table: 'staff' as const, isNew: true, row: { ...person, createdAt: now } };
    const isSame =
      before.name === person.name &&
      before.roles.join() === person.roles.join() &&
      before.branchId === person.branchId &&
      before.active === person.active &&
      before.ndaSignedAt?.getTime() === person.ndaSignedAt?.getTime();
    return isSame ? null : { table: 'staff' as const, isNew: false, row: person };
  }
}
