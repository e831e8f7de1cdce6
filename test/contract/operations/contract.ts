import type { Person, TestApp } from '../../support/app.ts';

/** The platform on which the operations of the contract are sent, in the order of the files, and who sends most of them. */
export interface Contract {
  readonly app: TestApp;
  readonly manager: Person;
  readonly supervisor: Person;
  readonly director: Person;
  readonly admin: Person;
}

export const NOW = '2026-03-02T08:00:00+08:00';
export const policyId = 'broadband-key-account';
export const branchCode = 'BB-A';
