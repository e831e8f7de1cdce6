import { expect, test } from 'vitest';
import { isSigned } from '../../server/domain/messages/rules.ts';

test.each([
  { body: 'Rain tomorrow. Hall 1', name: 'Hall 1', signed: true },
  { body: 'Hall 1: rain tomorrow', name: 'Hall 1', signed: true },
  { body: 'Rain tomorrow. Hall 12', name: 'Hall 1', signed: false },
  { body: 'Hall 12 is closed, come to Hall 1', name: 'Hall 1', signed: true },
  { body: 'Greetings from Newton Road', name: 'ton Road', signed: false },
  { body: '明日有雨。中山路营业厅', name: '中山路营业厅', signed: true },
  { body: '欢迎光临中山路营业厅', name: '中山路营业厅', signed: true },
  { body: '明日有雨。中山路', name: '中山路营业厅', signed: false },
  { body: 'Rain tomorrow', name: null, signed: null },
])('"$body" is signed by $name: $signed', ({ body, name, signed }) => {
  expect(isSigned(body, name)).toBe(signed);
});

test('the name of another hall that contains it is not its name', () => {
  const longer = ['东中山路营业厅'];
  expect(isSigned('明日有雨。东中山路营业厅', '中山路营业厅', longer)).toBe(false);
  expect(isSigned('东中山路营业厅停业，请到中山路营业厅', '中山路营业厅', longer)).toBe(true);
});
