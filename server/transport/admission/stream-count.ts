import { GraphQLError } from 'graphql';
import type { Limits } from './limits.ts';

/**
 * Streams by person, over sockets and Server-Sent Events. Equal ones share their work, so a person may have many of them;
 * each that asks for something else costs work of its own.
 */
export class StreamCount {
  readonly #limits: Pick<Limits, 'subscriptionsPerPerson' | 'differentSubscriptionsPerPerson'>;
  readonly #people = new Map<string, { total: number; readonly byKey: Map<unknown, number> }>();

  constructor(limits: Pick<Limits, 'subscriptionsPerPerson' | 'differentSubscriptionsPerPerson'>) {
    this.#limits = limits;
  }

  /**
   * Counts a stream.
   *
   * @param key equal for streams that share their work
   * @returns takes it away again; called once or more often
   * @throws {GraphQLError} TOO_MANY_SUBSCRIPTIONS
   */
  add(personId: string, key: unknown): () => void {
    const { subscriptionsPerPerson, differentSubscriptionsPerPerson } = this.#limits;
    const person = this.#people.get(personId) ?? { total: 0, byKey: new Map<unknown, number>() };
    const isNew = !person.byKey.has(key);
    if (person.total >= subscriptionsPerPerson || (isNew && person.byKey.size >= differentSubscriptionsPerPerson)) {
      throw new GraphQLError(
        `A person has at most ${subscriptionsPerPerson} subscriptions, ${differentSubscriptionsPerPerson} of them different.`,
        { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } },
      );
    }
    this.#people.set(personId, person);
    person.total += 1;
    person.byKey.set(key, (person.byKey.get(key) ?? 0) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      person.total -= 1;
      const left = (person.byKey.get(key) ?? 1) - 1;
      if (left > 0) person.byKey.set(key, left);
      else person.byKey.delete(key);
      if (person.total === 0) this.#people.delete(personId);
    };
  }
}
