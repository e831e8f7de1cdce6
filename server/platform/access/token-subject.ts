import { validate } from 'uuid';
import type { PrismaClient } from '../../../prisma/generated/client/client.ts';

// An identity provider knows people by names of its own. A token says one of them; what it names is found among the staff.

/** What of a person a token is matched with. */
export const SUBJECT_KEYS = ['id', 'externalId', 'number', 'email'] as const;
export type SubjectKey = (typeof SUBJECT_KEYS)[number];

/** Whom a token names, where it is not by our own id. */
export interface Subject {
  readonly by: Exclude<SubjectKey, 'id'>;
  readonly value: string;
}

const LONGEST = 255;

/** An e-mail address as people are found by it: nobody means another person by another case of letters. */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * What a claim says, as it is compared; null where it can name nobody. A number stands for its digits, for some providers send
 * staff numbers so.
 */
export function subjectValue(claim: unknown, by: SubjectKey): string | null {
  const value = typeof claim === 'number' && Number.isSafeInteger(claim) ? String(claim) : claim;
  if (typeof value !== 'string' || value === '' || value.length > LONGEST || /[\p{Cc}\p{Cs}]/u.test(value)) return null;
  if (by === 'id') return validate(value) ? value : null;
  return by === 'email' ? emailKey(value) : value;
}

/** Finds people by what tokens call them; what it knows is at most `refreshMs` old. */
export class SubjectReader {
  readonly #prisma: Pick<PrismaClient, 'staff'>;
  readonly #refreshMs: number;
  readonly #known = new Map<string, { readonly at: number; readonly id: Promise<string | null> }>();

  constructor(prisma: Pick<PrismaClient, 'staff'>, refreshMs = 500) {
    this.#prisma = prisma;
    this.#refreshMs = refreshMs;
  }

  /** The person's id; null where there is none. */
  find({ by, value }: Subject): Promise<string | null> {
    const key = `${by} ${value}`;
    const known = this.#known.get(key);
    if (known && performance.now() - known.at < this.#refreshMs) return known.id;
    if (this.#known.size > 10_000) this.#known.clear();
    const where = by === 'number' ? { number: value } : by === 'email' ? { email: value } : { externalId: value };
    const id = this.#prisma.staff.findUnique({ where, select: { id: true } }).then((row) => row?.id ?? null);
    this.#known.set(key, { at: performance.now(), id });
    id.catch(() => this.#known.delete(key));
    return id;
  }
}
