/** What was found of one thing. */
export interface Row {
  /** What was looked at, in one word. */
  readonly check: string;
  /** WARNING: it runs, and somebody should know. FAILED: a start is refused, or something does not work. */
  readonly state: 'OK' | 'WARNING' | 'FAILED';
  readonly says: string;
  /** What to do; null where nothing is to be done. */
  readonly cure: string | null;
}

export const ok = (check: string, says: string): Row => ({ check, state: 'OK', says, cure: null });

export const warning = (check: string, says: string, cure: string): Row => ({ check, state: 'WARNING', says, cure });

export const failed = (check: string, says: string, cure: string): Row => ({ check, state: 'FAILED', says, cure });

/**
 * The row of a sentence that a start would have ended with. Where it has several, the last one says what to do.
 *
 * @param otherwise what to do where the sentence does not say it
 */
export function failedAs(
  check: string,
  sentence: string,
  otherwise = 'Put that right; docs/operating.md has all settings.',
): Row {
  const at = sentence.lastIndexOf('. ');
  return at < 0 ? failed(check, sentence, otherwise) : failed(check, sentence.slice(0, at + 1), sentence.slice(at + 2));
}
