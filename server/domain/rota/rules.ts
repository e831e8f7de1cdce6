/** A stretch in which somebody holds a post of a branch; without a post: is absent. */
export interface Shift {
  readonly branchId: string;
  readonly post: string | null;
  readonly staffId: string;
  readonly validFrom: Date;
  readonly validUntil: Date;
}

/** Who is on duty and who is absent, at one instant, in one business line. */
export class Roster {
  readonly #duty = new Map<string, string>();
  readonly #absent: ReadonlySet<string>;

  /** @param shifts those of the instant, in the order in which they came into force */
  constructor(shifts: readonly Pick<Shift, 'branchId' | 'post' | 'staffId'>[]) {
    this.#absent = new Set(shifts.flatMap(({ post, staffId }) => (post === null ? [staffId] : [])));
    for (const { branchId, post, staffId } of shifts)
      if (post !== null && !this.#absent.has(staffId)) this.#duty.set(placeOf(branchId, post), staffId);
  }

  /** Who holds the post there now; where two do, whoever came last. Null where no rota says so. */
  onDuty(branchId: string, post: string): string | null {
    return this.#duty.get(placeOf(branchId, post)) ?? null;
  }

  isAbsent(staffId: string): boolean {
    return this.#absent.has(staffId);
  }
}

function placeOf(branchId: string, post: string): string {
  return `${branchId}/${post}`;
}

/** A stretch in which nobody holds a post whose rota is kept. */
export interface Gap {
  readonly from: Date;
  readonly until: Date;
}

/**
 * The stretches of a window in which nobody is on duty: half-open, ascending, none empty. Whoever is absent is not on duty.
 *
 * @param shifts of one post at one branch
 * @param absences of those who hold it
 */
export function gapsOf(
  shifts: readonly Pick<Shift, 'staffId' | 'validFrom' | 'validUntil'>[],
  absences: readonly Pick<Shift, 'staffId' | 'validFrom' | 'validUntil'>[],
  window: Gap,
): Gap[] {
  const edges = [...shifts, ...absences].flatMap(({ validFrom, validUntil }) => [validFrom, validUntil]);
  const instants = [...edges, window.from, window.until].map(Number);
  const within = instants.filter((at) => at >= Number(window.from) && at <= Number(window.until));
  const sorted = [...new Set(within)].toSorted((one, other) => one - other);
  const gaps: Gap[] = [];
  for (const [index, from] of sorted.slice(0, -1).entries()) {
    const until = sorted[index + 1] ?? from;
    if (isHeld(from, shifts, absences)) continue;
    const last = gaps.at(-1);
    if (last && Number(last.until) === from) gaps[gaps.length - 1] = { from: last.from, until: new Date(until) };
    else gaps.push({ from: new Date(from), until: new Date(until) });
  }
  return gaps;
}

type Stretch = Pick<Shift, 'staffId' | 'validFrom' | 'validUntil'>;

function isHeld(at: number, shifts: readonly Stretch[], absences: readonly Stretch[]): boolean {
  const covers = ({ validFrom, validUntil }: Stretch) => Number(validFrom) <= at && at < Number(validUntil);
  const isAway = (staffId: string) => absences.some((one) => one.staffId === staffId && covers(one));
  return shifts.some((one) => covers(one) && !isAway(one.staffId));
}

/** Whether somebody holds a role, or a post of the line. */
export function isPostOf(
  post: string,
  policyId: string,
  { roles, posts }: { readonly roles: readonly string[]; readonly posts: readonly string[] },
): boolean {
  return roles.includes(post) || posts.includes(`${policyId}/${post}`);
}
