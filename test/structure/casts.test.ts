import { expect, test } from 'vitest';
import { allTests, read, sourceFiles } from './source-files.ts';

/** How often a file tells the compiler to believe it. The counts may only shrink, and no file may join them. */
const CASTS: Readonly<Record<string, number>> = {
  // A name stands for the type that is declared under it later.
  'schema/base/refs.ts': 1,
  'server/domain/customers/find-customer.ts': 1,
  'server/domain/import/tickets-kind.ts': 2,
  'server/domain/policies/continue-application.ts': 2,
  'server/domain/policies/revise-calendar.ts': 1,
  'server/domain/tickets/carry-out.ts': 2,
  'server/domain/tickets/open.ts': 2,
  'server/domain/tickets/reactions/unsaid.ts': 1,
  // Typed from its own declarations, a policy is handed on as one of any declarations.
  'server/engine/policy/contract.ts': 1,
  // Yoga types its functions for the requests that it reads itself.
  'server/transport/graphql/enveloped.ts': 1,
};

test('nothing that a test reads is `any`: what an operation answers is known by its document', () => {
  const allowed = /biome-ignore(?:-\w+)? lint\/suspicious\/noExplicitAny/;
  expect(allTests('test', 'plugins').filter((file) => allowed.test(read(file)))).toEqual([]);
});

test('a type is believed nowhere but where it was before', () => {
  const casts = sourceFiles('server', 'schema', 'plugins', 'client').flatMap((file) => {
    const found = read(file).match(/\bas never\b|\bas unknown as\b/g)?.length ?? 0;
    return found > (CASTS[file] ?? 0) ? [`${file}: ${found} casts, ${CASTS[file] ?? 0} known`] : [];
  });
  expect(casts).toEqual([]);
});
