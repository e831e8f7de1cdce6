import type { Caller, Services } from '../../engine/services/services.ts';

/** The people of the demo as those who act. */
export class DemoPeople {
  readonly #services: Services;
  readonly #ids: Readonly<Record<string, string>>;

  /** @param ids by staff number */
  constructor(services: Services, ids: Readonly<Record<string, string>> = {}) {
    this.#services = services;
    this.#ids = ids;
  }

  /** @throws {Error} the demo has nobody of this number */
  as(number: string): Promise<Caller> {
    return this.byId(this.#ids[number] ?? number);
  }

  async byId(id: string): Promise<Caller> {
    const actor = await this.#services.actors.read(id, { expiresAt: Number.POSITIVE_INFINITY, scopes: [] });
    if (!actor) throw new Error(`the demo has nobody ${id}`);
    return { actor, requestId: null };
  }
}
