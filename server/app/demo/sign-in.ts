import type { Services } from '../../engine/services/services.ts';
import type { TokenIssuer } from '../../platform/access/identity.ts';
import type { DemoPerson } from '../../transport/http/board-page.ts';

/** Whom a newcomer may look on as, by staff number; the first is whom GraphiQL is signed in as. */
const PEOPLE: Readonly<Record<string, DemoPerson['title']>> = {
  'SYS-CC1': { en: 'duty officer of all lines', zh: '全业务线值班员' },
  'BK-A-CM1': { en: 'bank customer manager', zh: '银行客户经理' },
  'BK-A-CC1': { en: 'bank command centre', zh: '银行指挥中心' },
  'TL-A-SUP1': { en: 'supervisor (telecom)', zh: '电信主管' },
  'BB-A-CM1': { en: 'broadband customer manager', zh: '宽带客户经理' },
  'BB-A-SUP1': { en: 'supervisor (broadband)', zh: '宽带主管' },
  'BB-HQ-DIR1': { en: 'director (broadband)', zh: '宽带负责人' },
  'SYS-ADMIN': { en: 'administrator', zh: '系统管理员' },
};

/** People whose tokens are printed at the start. */
const PRINTED = ['BK-A-CM1', 'BB-A-SUP1', 'SYS-ADMIN'];

/** How people of the demo sign in: whoever is at this machine may be each of them. */
export interface DemoSignIn {
  people(): Promise<readonly DemoPerson[]>;
  /** Null where nobody has the number; without one it is the duty officer. */
  token(number: string | null): Promise<string | null>;
  /** Tokens by title and number; empty where the database holds something other than the demo. */
  printed(): Promise<Record<string, string>>;
}

export function demoSignIn({ database }: Pick<Services, 'database'>, issuer: TokenIssuer): DemoSignIn {
  const numbers = Object.keys(PEOPLE);
  const known = () =>
    database.prisma.staff.findMany({
      where: { number: { in: numbers }, active: true },
      select: { id: true, number: true, name: true },
    });
  return {
    async people() {
      const found = new Map((await known()).map((one) => [one.number, one]));
      return numbers.flatMap((number) => {
        const [one, title] = [found.get(number), PEOPLE[number]];
        return one && title ? [{ number, name: one.name, title }] : [];
      });
    },
    async token(number) {
      const [first = ''] = numbers;
      const person = (await known()).find((one) => one.number === (number ?? first));
      return person ? issuer.sign(person.id) : null;
    },
    async printed() {
      const all = await known();
      const people = PRINTED.flatMap((number) => all.find((one) => one.number === number) ?? []);
      const signed = people.map(
        async ({ id, number }) => [`${PEOPLE[number]?.en}, ${number}`, await issuer.sign(id)] as const,
      );
      return Object.fromEntries(await Promise.all(signed));
    },
  };
}
