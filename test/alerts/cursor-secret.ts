import { hkdfSync } from 'node:crypto';

/** The key of the cursors of nodes whose data key is the tests'. */
export function cursorSecret(): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 7), '', 'tierline cursors', 32));
}
