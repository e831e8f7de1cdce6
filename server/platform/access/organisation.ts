/** Branches and the staff who work in them, as of at most `refreshMs` ago. */
export interface Organisation {
  readonly branches: ReadonlyMap<
    string,
    { id: string; code: string; parentId: string | null; policyIds: readonly string[]; closedAt?: Date | null }
  >;
  /** The branch and all below it. */
  subtree(branchId: string): ReadonlySet<string>;
  /** The top of the branch's tree within its business line. */
  headOffice(branchId: string): string;
  /** The head office of a business line: of the branches that run the fewest lines beside it; null where none runs it. */
  officeOf(policyId: string): string | null;
}

/** The tree of branches, built from its rows. */
export function organisationOf(
  rows: readonly {
    id: string;
    code: string;
    parentId: string | null;
    policyIds: readonly string[];
    closedAt?: Date | null;
  }[],
): Organisation {
  const branches = new Map(rows.map((row) => [row.id, row]));
  const children = new Map<string, string[]>();
  for (const { id, parentId } of rows) if (parentId) children.set(parentId, [...(children.get(parentId) ?? []), id]);
  const subtrees = new Map<string, ReadonlySet<string>>();
  const subtree = (id: string): ReadonlySet<string> => {
    const known = subtrees.get(id);
    if (known) return known;
    const below = new Set([id, ...(children.get(id) ?? []).flatMap((child) => [...subtree(child)])]);
    subtrees.set(id, below);
    return below;
  };
  const headOffice = (id: string): string => {
    const branch = branches.get(id);
    const parent = branch?.parentId ? branches.get(branch.parentId) : undefined;
    // The root above the lines runs every line; the head office of a line is the highest branch that runs its lines alone.
    const sameLine = parent && branch && parent.policyIds.length === branch.policyIds.length;
    return sameLine ? headOffice(parent.id) : id;
  };
  const officeOf = (policyId: string): string | null => {
    const running = rows.filter(({ policyIds, closedAt }) => !closedAt && policyIds.includes(policyId));
    const fewest = Math.min(...running.map(({ policyIds }) => policyIds.length));
    const branch = running.find(({ policyIds }) => policyIds.length === fewest);
    return branch ? headOffice(branch.id) : null;
  };
  return { branches, subtree, headOffice, officeOf };
}

/** Where somebody works in the organisation: which is another matter than whose customers are seen there. */
export interface Place {
  /** The place and all below it. */
  readonly below: ReadonlySet<string>;
  /** Whether the branch is the place, or below it. */
  covers(branchId: string): boolean;
  /** Whether it is the head office of the line, or stands above it. What no line runs belongs to the place above all. */
  isOfficeOf(policyId: string): boolean;
}

/** The place of whoever works in the branch. */
export function placeOf(branchId: string, organisation: Organisation): Place {
  return {
    below: organisation.subtree(branchId),
    covers: (id) => organisation.subtree(branchId).has(id),
    isOfficeOf: (policyId) => {
      const office = organisation.officeOf(policyId);
      if (office === null) return organisation.branches.get(branchId)?.parentId === null;
      return organisation.subtree(branchId).has(office);
    },
  };
}
