import { expect, test } from 'vitest';
import { maskPhone } from '../../server/platform/access/mask.ts';
import { telephoneOf } from '../../server/platform/values/telephone.ts';

test.each([
  '13912349999',
  '139 1234 9999',
  '139-1234-9999',
  '+86 139-1234 9999',
  '+8613912349999',
  '86 13912349999',
  '0086 13912349999',
  '008613912349999',
  '１３９１２３４９９９９',
  '＋８６（１３９）１２３４－９９９９',
  '\u202a13912349999\u202c',
  '139—1234—9999',
  '13912349999 ext. 12',
  '13912349999转12',
])('%s is one number', (text) => {
  expect(telephoneOf(text)?.number).toBe('+8613912349999');
});

test.each([
  { text: '010-88881234', number: '+861088881234', extension: null },
  { text: '(010)88881234', number: '+861088881234', extension: null },
  { text: '（０１０）８８８８１２３４转８０１', number: '+861088881234', extension: '801' },
  { text: '010-88881234 分机：801', number: '+861088881234', extension: '801' },
  { text: '010-88881234-801', number: '+861088881234', extension: '801' },
  { text: '0086-10-88881234-801', number: '+861088881234', extension: '801' },
  { text: '+1 (212) 555-0100 x12', number: '+12125550100', extension: '12' },
  { text: '400-800-1234', number: '+864008001234', extension: null },
  { text: '129-3900-9742', number: '+8612939009742', extension: null },
  { text: '95588', number: '95588', extension: null },
  { text: '8888 1234', number: '88881234', extension: null },
])('$text is $number, extension $extension', ({ text, number, extension }) => {
  expect(telephoneOf(text)).toMatchObject({ number, extension });
});

test.each([
  '-----',
  '()',
  '+86',
  '1234',
  'call me',
  '1.39123E+10',
  '1391234999',
  '139123499990',
  '13912349999 / 13812349999',
  '13912349999、13812349999',
  '12345678901234567890',
])('%s is none', (text) => {
  expect(telephoneOf(text)).toBeNull();
});

test.each(['13912341234', '+86 139-1234 1234', '１３９１２３４１２３４', '139-1234-1234 转 5'])(
  '%s is masked as 139****1234 (A-073)',
  (text) => {
    expect(maskPhone(text)).toBe('139****1234');
  },
);
