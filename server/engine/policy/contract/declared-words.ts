import type { z } from 'zod';
import type { SchemeRule } from '../vocabulary.ts';
import type { LifeCycle, SchemeDeclaration, TierDeclaration } from './declarations.ts';

/** Tiers by scheme, as they are declared. */
export type TiersByScheme<B extends string> = Readonly<Record<string, Readonly<Record<string, TierDeclaration<B>>>>>;

/** Schemes whose rules and life cycles name tiers of their own alone. */
export type SchemesOf<T, M extends string, P extends string, B extends string> = {
  readonly [K in keyof T]: Omit<SchemeDeclaration<M, P, B>, 'tiers' | 'rule' | 'lifeCycle'> & {
    readonly tiers: T[K];
    readonly rule: SchemeRule<NoInfer<keyof T[K] & string>, M, P>;
    readonly lifeCycle?: LifeCycle<NoInfer<keyof T[K] & string>>;
  };
};

/** The names of what is declared; any text where nothing is. */
export type Named<Declared> = [keyof Declared] extends [never] ? string : keyof Declared & string;

/** A declared post; where none is declared, none can be named. */
export type DeclaredPost<Declared> = keyof Declared & string;

type CasesOf<T> = {
  readonly [K in keyof T]: T[K] extends { readonly cases: infer C } ? keyof C & string : never;
}[keyof T];
type FieldsOf<F> = {
  readonly [K in keyof F]: F[K] extends z.ZodObject<infer Shape> ? keyof Shape & string : never;
}[keyof F];

/** The words that a declaration gives to its facts. */
export interface WordsOf<S, T, F, G> {
  readonly scheme: Named<S>;
  readonly tier: [keyof S] extends [never] ? string : { [K in keyof S]: keyof S[K] & string }[keyof S];
  readonly ticketType: Named<T>;
  readonly ticketCase: [CasesOf<T>] extends [never] ? string : CasesOf<T> & string;
  readonly field: [FieldsOf<F>] extends [never] ? string : FieldsOf<F> & string;
  readonly message: Named<G>;
}
