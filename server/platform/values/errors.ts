import type { Text } from './text.ts';

/**
 * What a caller can act on: a class with a code and the facts that it needs, and a member of every mutation's union.
 * All else that is thrown is a defect: the client reads "Unexpected error.", the log has the rest (docs/errors.md).
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

export interface Issue {
  /** The input's field, e.g. `input.measures[2].dueAt`. */
  readonly path: string;
  /** The rule that it breaks. */
  readonly message: string;
}

/** The input breaks a rule of its own; `issues` names each field and rule. */
export class InvalidInput extends DomainError {
  readonly code: string = 'INVALID_INPUT';
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super(issues.map(({ path, message }) => `${path} ${message}`).join('; '));
    this.issues = issues;
  }
}

/** There is no such thing, or none that the caller may see: both answer alike. */
export class NotFound extends DomainError {
  readonly code: string = 'NOT_FOUND';
  constructor(what: string) {
    super(`There is no such ${what}.`);
  }
}

/** The caller's role does not do this. */
export class Forbidden extends DomainError {
  readonly code: string = 'FORBIDDEN';
  constructor(message = 'Your role does not allow this.') {
    super(message);
  }
}

/** Somebody was faster: the thing changed since it was read. `currentVersion` is what to read before trying again. */
export class Conflict extends DomainError {
  readonly code: string = 'CONFLICT';
  readonly currentVersion: string | null;
  constructor(currentVersion: number | string | null, message = 'It was changed in the meantime.') {
    super(message);
    this.currentVersion = currentVersion === null ? null : String(currentVersion);
  }
}

export interface RefusalReason {
  readonly code: string;
  /** In English. */
  readonly message: string;
  /** In both languages. */
  readonly text?: Text;
  /** The policy whose rule refuses; null for a rule of the platform. */
  readonly policyId: string | null;
}

/** A rule says no. */
export class Refused extends DomainError {
  readonly code: string = 'REFUSED';
  readonly reasons: readonly RefusalReason[];
  constructor(reasons: readonly RefusalReason[]) {
    super(reasons.map(({ message }) => message).join(' '));
    this.reasons = reasons;
  }
  /** A refusal by a rule of the platform itself. */
  static because(code: string, text: Text): Refused {
    return new Refused([{ code, message: text.en, text, policyId: null }]);
  }
}

/** The decision needs parameters that nobody has set. */
export class NotConfigured extends DomainError {
  readonly code: string = 'NOT_CONFIGURED';
  readonly parameters: readonly string[];
  constructor(parameters: readonly string[]) {
    super(`Not configured: ${parameters.join(', ')}.`);
    this.parameters = parameters;
  }
}

/** A policy plugin broke; nothing was changed. */
export class PolicyFailure extends DomainError {
  readonly code: string = 'POLICY_FAILURE';
  readonly policyId: string;
  constructor(policyId: string) {
    super(`The policy ${policyId} could not decide.`);
    this.policyId = policyId;
  }
}

/** The platform's own errors, in the order in which a union lists them. */
export const PLATFORM_ERRORS = [InvalidInput, NotFound, Forbidden, Conflict, Refused, NotConfigured, PolicyFailure];
