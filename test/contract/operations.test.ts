import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executed, startTestApp } from '../support/app.ts';
import { type Contract, NOW } from './operations/contract.ts';
import { addCustomersAndGrades } from './operations/customers-and-grades.ts';
import { addDepartment } from './operations/department.ts';
import { addRecordsAndPeople } from './operations/records-and-people.ts';
import { addTicketsAndAlerts } from './operations/tickets-and-alerts.ts';

const ALL = parse(
  readFileSync(new URL('../../schema/operations.graphql', import.meta.url), 'utf8'),
).definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION && one.name ? [one.name.value] : []));

let contract: Contract;
beforeAll(async () => {
  const app = await startTestApp({ now: NOW, database: 'MEMORY' });
  contract = {
    app,
    manager: app.as('BB-A/CUSTOMER_MANAGER'),
    supervisor: app.as('BB-A/SUPERVISOR'),
    director: app.as('BB-HQ/DIRECTOR'),
    admin: app.as('SYS/ADMIN'),
  };
});
afterAll(() => contract.app[Symbol.asyncDispose]());

// On one platform whose clock goes on: the order is part of it.
const on = () => contract;
addCustomersAndGrades(on);
addTicketsAndAlerts(on);
addDepartment(on);
addRecordsAndPeople(on);

test('every operation of the contract was executed', () => {
  // Those of the board have a file of their own.
  const isOfBoard = (name: string) => /Screen$|^BoardAlerts$/.test(name);
  expect(ALL.filter((name) => !isOfBoard(name) && !executed.has(name))).toEqual([]);
});
