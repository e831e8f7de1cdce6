import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { messageIn } from '../../server/platform/values/in-language.ts';
import { importText, useImports } from './support.ts';

// Who reads a file's faults in Chinese reads all of them so: of cells, rows and files, the platform's rules and the policies'.

const { files, services, bank: importBank } = useImports('2026-03-02T09:00:00+08:00');

const bank = (content: string, locale: 'EN' | 'ZH') => importBank(content, { locale, mode: 'SKIP_BAD' });

const ROWS = `number,kind,name,phone,branchCode,consentVip
L1,INDIVIDUAL,Ann,,BK-Z,
L2,ROBOT,Bob,,BK-A,
L3,INDIVIDUAL,,,BK-A,
L4,INDIVIDUAL,Cem,-----,BK-A,
L5,INDIVIDUAL,Dan,,BK-A,maybe
L6,INDIVIDUAL,Eve,,BK-A
`;

test('rows are told in Chinese, in the result and in the file, with lines, columns and values as they are', async () => {
  const { issues, rejects, rejectFile } = await bank(ROWS, 'ZH');
  expect(issues.map(({ line, column, rule }) => [line, column, rule])).toEqual([
    [2, 'branchCode', '不是办理 bank-vip 的机构'],
    [3, 'kind', '不是以下之一：INDIVIDUAL, INSTITUTION, INTERNAL'],
    [4, 'name', '不能为空'],
    [5, 'phone', '不是电话号码'],
    [6, 'consentVip', '不是“是”或“否”'],
    [7, null, '该行有 5 个单元格，表头有 6 个'],
  ]);
  expect(rejects).toHaveLength(6);
  expect(readFileSync(String(rejectFile), 'utf8')).toContain('2,branchCode,不是办理 bank-vip 的机构,BK-Z');
});

test('in English as they were', async () => {
  const { issues } = await bank(ROWS, 'EN');
  expect(issues[0]).toMatchObject({ rule: 'is no branch that runs bank-vip' });
});

test.each([
  { it: 'a column that is not known', text: 'number,kind,name,branchCode,nope\n', says: '不是已知的列；已知的列为：' },
  { it: 'another separator', text: 'number;kind;name;branchCode\n', says: '各列以' },
  { it: 'a quote that is not closed', text: 'number,kind,name,branchCode\nL9,INDIVIDUAL,"Ann\n', says: '引号未闭合' },
  { it: 'nothing at all', text: '', says: '为空：第一行须为列名' },
])('a file with $it is refused in Chinese', async ({ text, says }) => {
  const error = await bank(text, 'ZH').catch((thrown: unknown) => thrown);
  expect(messageIn(error as Parameters<typeof messageIn>[0], 'ZH')).toContain(says);
});

test("a policy's refusal of a row is told in its own Chinese", async () => {
  const text = 'number,kind,name,branchCode,consentVip,consentMarketing\nT1,INDIVIDUAL,赵敏,TL-A,否,否\n';
  const refusal = async (locale: 'EN' | 'ZH') =>
    (
      await importText(services(), files, 'customers', text, {
        policyId: 'telecom-vip',
        locale,
        mode: 'SKIP_BAD',
      })
    ).issues.map(({ rule }) => rule);
  const [english, chinese] = [await refusal('EN'), await refusal('ZH')];
  expect(english).toHaveLength(chinese.length);
  expect({ english, chinese }).toMatchInlineSnapshot(`
    {
      "chinese": [
        "CUSTOMER_DECLINED: 客户不愿意的，应予剔除，不得建档。",
      ],
      "english": [
        "CUSTOMER_DECLINED: A customer who declines is not entered in the archive.",
      ],
    }
  `);
});
