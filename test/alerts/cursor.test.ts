import { expect, test } from 'vitest';
import { CursorKey, placeCursor } from '../../server/engine/alert-log/cursor.ts';

const key = new CursorKey('the key that the nodes share');
const other = new CursorKey('another key, of somebody else');
const bounds = { epoch: 'b0b0', oldestPos: 11, headPos: 20 };
const cursor = (pos: number, epoch = 'b0b0') => key.write({ epoch, pos });
const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

test.each([
  { it: 'goes on after the head', text: cursor(20), placed: { pos: 20 } },
  { it: 'goes on in the middle', text: cursor(15), placed: { pos: 15 } },
  { it: 'goes on before the oldest that is kept, for it lacks nothing', text: cursor(10), placed: { pos: 10 } },
  { it: 'lacks one', text: cursor(9), placed: { refusal: 'EXPIRED' } },
  { it: 'begins before the first alert, which is gone', text: cursor(0), placed: { refusal: 'EXPIRED' } },
  { it: 'comes from before a restore', text: cursor(15, 'a0a0'), placed: { refusal: 'RESTORED' } },
  { it: 'names a position that was never given', text: cursor(21), placed: { refusal: 'RESTORED' } },
  { it: 'is empty', text: '', placed: { refusal: 'INVALID' } },
  { it: 'is not base64', text: '§§§', placed: { refusal: 'INVALID' } },
  { it: 'is of another key', text: other.write({ epoch: 'b0b0', pos: 15 }), placed: { refusal: 'INVALID' } },
  { it: 'is unsigned', text: Buffer.from('v1.b0b0.15').toString('base64url'), placed: { refusal: 'INVALID' } },
  {
    it: 'is of another version',
    text: Buffer.from('v2.b0b0.15.x').toString('base64url'),
    placed: { refusal: 'INVALID' },
  },
  { it: 'has a tail', text: `${cursor(15)}A`, placed: { refusal: 'INVALID' } },
  { it: 'is padded', text: `${cursor(15)}=`, placed: { refusal: 'INVALID' } },
  { it: 'is very long', text: 'A'.repeat(1_000_000), placed: { refusal: 'INVALID' } },
] as const)('a cursor that $it', ({ text, placed }) => {
  expect(placeCursor(key, text, bounds)).toEqual(placed);
});

test('a cursor with any one character changed is INVALID', () => {
  const good = cursor(15);
  for (let at = 0; at < good.length; at++) {
    expect(placeCursor(key, flip(good, at), bounds), `at ${at}`).toEqual({ refusal: 'INVALID' });
  }
});

test('a cursor is the same on every node, and says nothing of whose it is', () => {
  expect(new CursorKey('the key that the nodes share').write({ epoch: 'b0b0', pos: 15 })).toBe(cursor(15));
});

test('a short key is refused', () => {
  expect(() => new CursorKey('short')).toThrow(RangeError);
});
