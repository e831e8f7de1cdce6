import type { Cells } from './cells.ts';
import { personName } from './people.ts';
import type { Random } from './random.ts';

const LINES = [
  { prefix: 'BK', policyId: 'bank-vip', places: { HQ: '银行总行', A: '银行城东支行', B: 'Bank Riverside Branch' } },
  {
    prefix: 'TL',
    policyId: 'telecom-vip',
    places: { HQ: '电信市公司', A: '电信人民路营业厅', B: 'Telecom Airport Hall' },
  },
  {
    prefix: 'BB',
    policyId: 'broadband-key-account',
    places: { HQ: '宽带市公司', A: '宽带东区大客户部', B: 'Broadband West Key Accounts' },
  },
  { prefix: 'CO', policyId: 'core', places: { HQ: '综合服务总部', A: '综合服务一部', B: 'Services Department B' } },
] as const;

/** Staff numbers end in these; an outlet has three customer managers. */
const POSTS = {
  CM1: 'CUSTOMER_MANAGER',
  CM2: 'CUSTOMER_MANAGER',
  CM3: 'CUSTOMER_MANAGER',
  SUP1: 'SUPERVISOR',
  CC1: 'COMMAND_CENTER',
  DIR1: 'DIRECTOR',
  FIN1: 'FINANCE',
  EXE1: 'EXECUTIVE',
  AUD1: 'AUDITOR',
  ADM1: 'ADMIN',
  SERVICE: 'SERVICE',
} as const;

/** The tree of branches with somebody in every post of each, and above the lines the place SYS. */
export function organisation(random: Random): Cells[] {
  const branch = (code: string, name: string, parentCode: string, policyIds: string): Cells => ({
    kind: 'BRANCH',
    code,
    name,
    parentCode,
    policyIds,
    roles: '',
    branchCode: '',
    ndaSignedAt: '',
  });
  const person = (
    branchCode: string,
    post: string,
    role: string,
    name = role === 'SERVICE' ? `${branchCode} interface` : personName(random),
  ): Cells => ({
    kind: 'STAFF',
    code: `${branchCode}-${post}`,
    name,
    parentCode: '',
    policyIds: '',
    roles: role,
    branchCode,
    ndaSignedAt: '2025-01-06',
  });
  const rows = [branch('SYS', '平台管理 Platform', '', LINES.map(({ policyId }) => policyId).join(' '))];
  for (const role of ['ADMIN', 'AUDITOR', 'SERVICE']) rows.push(person('SYS', role, role));
  for (const { prefix, policyId, places } of LINES) {
    for (const [place, name] of Object.entries(places)) {
      const code = `${prefix}-${place}`;
      rows.push(branch(code, name, place === 'HQ' ? 'SYS' : `${prefix}-HQ`, policyId));
      for (const [post, role] of Object.entries(POSTS)) rows.push(person(code, post, role));
    }
  }
  // Who has the duty over all lines: the first whom a newcomer looks on as. The name draws no lots, so that all others keep theirs.
  rows.push(person('SYS', 'CC1', 'COMMAND_CENTER', '韩雪'));
  return rows;
}
