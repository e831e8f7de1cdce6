import { InvalidInput } from './errors.ts';

/**
 * Why somebody does what is looked at later: opens a file in clear, takes one away.
 *
 * @throws {InvalidInput} it has fewer than 3 characters
 */
export function requireReason(reason: string, path = 'input.reason'): void {
  if (reason.trim().length < 3) throw new InvalidInput([{ path, message: 'says why in at least 3 characters' }]);
}
