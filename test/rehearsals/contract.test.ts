import { readFileSync } from 'node:fs';
import { Kind, OperationTypeNode, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Contract, NOW } from '../contract/operations/contract.ts';
import { addCustomersAndGrades } from '../contract/operations/customers-and-grades.ts';
import { addDepartment } from '../contract/operations/department.ts';
import { addRecordsAndPeople } from '../contract/operations/records-and-people.ts';
import { addTicketsAndAlerts } from '../contract/operations/tickets-and-alerts.ts';
import { startTestApp } from '../support/app.ts';
import { rehearsing } from './rehearsing.ts';

const COMMANDS = parse(
  readFileSync(new URL('../../schema/operations.graphql', import.meta.url), 'utf8'),
).definitions.flatMap((one) =>
  one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION && one.name
    ? [one.name.value]
    : [],
);

// The operations of the contract once more, each rehearsed before it is sent.
let contract: Contract;
const told = new Set<string>();
beforeAll(async () => {
  const app = await startTestApp({ now: NOW });
  const as = (who: string) => rehearsing(app, app.as(who), (name) => told.add(name));
  contract = {
    app: { ...app, as },
    manager: as('BB-A/CUSTOMER_MANAGER'),
    supervisor: as('BB-A/SUPERVISOR'),
    director: as('BB-HQ/DIRECTOR'),
    admin: as('SYS/ADMIN'),
  };
});
afterAll(() => contract.app[Symbol.asyncDispose]());

const on = () => contract;
addCustomersAndGrades(on);
addTicketsAndAlerts(on);
addDepartment(on);
addRecordsAndPeople(on);

/** They are sent on a platform of their own: test/rehearsals/values.test.ts has them. */
const ELSEWHERE = ['SelectForCallback', 'RecordDuty', 'SendMessage', 'RecordInstallation'];

test('every command of the contract was rehearsed', () => {
  expect(COMMANDS.filter((name) => !told.has(name))).toEqual(ELSEWHERE);
});
