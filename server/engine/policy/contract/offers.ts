import type { z } from 'zod';
import type { Text } from '../../../platform/values/text.ts';
import type { AlertProposal, Answers, Reason, SelectionProposal, TaskProposal } from '../answers.ts';
import type { Facts, Question, Words } from '../facts.ts';
import type { ClockPromise } from '../promise.ts';
import type { ParameterDeclaration } from './declarations.ts';

/** A decision with its reason, in both languages: a customer will ask. */
export interface Because<A> {
  readonly answer: A;
  readonly because: Text;
}

/** A promise as a plugin writes it; what it leaves out has the field's usual meaning. */
export type PromiseOffer<Calendar extends string = string> = Pick<ClockPromise, 'metric' | 'target'> &
  Partial<Omit<ClockPromise, 'metric' | 'target' | 'calendar'>> & {
    /** `always` counts at any hour, which is so where nothing is said. */
    readonly calendar?: Calendar | 'always';
  };

export interface GuardOffer {
  readonly refusals: readonly Reason[];
}
export interface ReactOffer {
  readonly tasks?: readonly TaskProposal[];
  readonly alerts?: readonly AlertProposal[];
  /** Customers to be called back; only of a duty that was recorded, at the branch that recorded it. */
  readonly selections?: readonly SelectionProposal[];
  /** The customer's stage from now on. */
  readonly stage?: Answers['react']['stage'];
  /** Only of a record's event: records about the same that begin. */
  readonly records?: Answers['react']['records'];
}
export type RouteOffer = Pick<Answers['route'], 'steps'> & Partial<Omit<Answers['route'], 'steps'>>;

interface Offers<Tier extends string, Calendar extends string> {
  grade: Omit<Answers['grade'], 'tier'> & { readonly tier: Tier | null };
  promise: readonly PromiseOffer<Calendar>[];
  guard: GuardOffer;
  react: ReactOffer;
  route: RouteOffer;
  care: readonly TaskProposal[];
  measure: Answers['measure'];
}

/**
 * The parameters of a policy as its answers read them. Reading a blank one ends the answer: the decision is
 * NOT_CONFIGURED and names it. `'limit' in parameters` asks without reading.
 */
// Written out where it is shown: a name with all schemas in it tells nobody what is there.
export type ParametersOf<P extends Readonly<Record<string, ParameterDeclaration>>> = {
  readonly [K in keyof P]: z.infer<P[K]['schema']>;
} & {};

/** One function a question: synchronous, ended after 200 ms, its answer at most 64 KiB. `undefined` leaves it to the standard policy. */
export type AnswerFunctions<
  M extends string,
  P extends Readonly<Record<string, ParameterDeclaration>>,
  W extends Words = Words,
  Calendar extends string = string,
> = {
  readonly [Q in Question]?: (
    facts: Facts<M, W>[Q],
    parameters: ParametersOf<P>,
  ) => Because<Offers<W['tier'], Calendar>[Q]> | undefined;
};
