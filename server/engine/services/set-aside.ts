const FOR_MS = 600_000;
const MOST = 1000;

/**
 * Rows about which this process could write nothing, by id. They are tried again later: what was wrong with them may have been mended,
 * and another node, of another version, may know better.
 */
export class SetAside {
  readonly #until = new Map<string, number>();

  add(id: string): void {
    this.#until.set(id, performance.now() + FOR_MS);
    if (this.#until.size > MOST) this.#until.delete([...this.#until.keys()][0] ?? '');
  }

  ids(): string[] {
    const now = performance.now();
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
    return [...this.#until.keys()];
  }
}
