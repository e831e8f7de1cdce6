import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Why a cursor cannot be followed from: not one of ours, from before a restore, or past the retention. */
export type CursorRefusal = 'INVALID' | 'RESTORED' | 'EXPIRED';

/** A place in the log: everything up to and including `pos` has been seen. */
export interface LogPlace {
  readonly epoch: string;
  readonly pos: number;
}

/** What is kept of the log, as in LogPage. */
export interface LogBounds {
  readonly epoch: string;
  readonly oldestPos: number;
  readonly headPos: number;
}

/** Signs cursors. Make one per process: it remembers the texts that all streams ask for at the same time. */
export class CursorKey {
  readonly #secret: KeyObject;
  /** Of the secrets before, whose cursors are still out there. */
  readonly #before: readonly CursorKey[];
  readonly #recent = new Map<string, string>();

  /**
   * @param secret at least 16 bytes, the same on every node and over restarts
   * @param before secrets that were used earlier: what they signed is still read
   */
  constructor(secret: string | Uint8Array, before: readonly Uint8Array[] = []) {
    this.#before = before.map((one) => new CursorKey(one));
    const bytes = Buffer.from(secret as string);
    if (bytes.length < 16) throw new RangeError('the key of the cursors must have at least 16 bytes');
    this.#secret = createSecretKey(bytes);
  }

  /** base64url of `v1.<epoch>.<pos>.<signature>`. Opaque to clients, so that it can change. */
  write({ epoch, pos }: LogPlace): string {
    const body = `v1.${epoch}.${pos}`;
    const known = this.#recent.get(body);
    if (known !== undefined) return known;
    const signature = createHmac('sha256', this.#secret).update(body).digest().subarray(0, 16).toString('base64url');
    const text = Buffer.from(`${body}.${signature}`, 'latin1').toString('base64url');
    if (this.#recent.size >= 1_024) this.#recent.clear();
    this.#recent.set(body, text);
    return text;
  }

  /** The place that a cursor names; undefined when this key did not write it, to the letter. */
  read(text: string): LogPlace | undefined {
    if (text.length > 200) return undefined;
    const parts = /^v1\.([0-9a-z]{1,64})\.(\d{1,15})\./.exec(Buffer.from(text, 'base64url').toString('latin1'));
    if (!parts?.[1] || !parts[2]) return undefined;
    const place = { epoch: parts[1], pos: Number(parts[2]) };
    // Written again and compared whole: base64 can spell one value in several ways, and only ours counts.
    const given = Buffer.from(text);
    const ours = Buffer.from(this.write(place));
    if (given.length === ours.length && timingSafeEqual(given, ours)) return place;
    for (const key of this.#before) if (key.read(text)) return place;
    return undefined;
  }
}

/**
 * Whether a stream can go on from a cursor.
 *
 * @param bounds of the log now; a head that is read before the cursor was given out makes a good cursor look RESTORED
 * @returns the position after which to go on, or why not
 */
export function placeCursor(
  key: CursorKey,
  text: string,
  bounds: LogBounds,
): { pos: number } | { refusal: CursorRefusal } {
  const place = key.read(text);
  if (!place) return { refusal: 'INVALID' };
  // A position that was never given in this history comes from one that is gone.
  if (place.epoch !== bounds.epoch || place.pos > bounds.headPos) return { refusal: 'RESTORED' };
  // All after `pos` must be there; `pos` itself has been seen and need not.
  if (place.pos < bounds.oldestPos - 1) return { refusal: 'EXPIRED' };
  return { pos: place.pos };
}
