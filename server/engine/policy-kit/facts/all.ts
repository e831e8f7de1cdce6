import { answerOne, mayAnswer, type Outcome } from '../../policy/answer.ts';
import type { Policy } from '../../policy/contract.ts';
import type { Parameters } from '../../policy/evaluate/operands.ts';
import type { Facts, Question } from '../../policy/facts.ts';
import { seeded } from '../random.ts';
import type { Subject } from '../subject.ts';
import { gradeFacts } from './grade.ts';
import { careFacts, guardFacts, measureFacts, promiseFacts, reactFacts, routeFacts } from './others.ts';

type AskedOf = { readonly [Q in Question]: { readonly question: Q; readonly facts: Facts[Q] } };

/** A question with its facts. */
export type Asked<Q extends Question = Question> = AskedOf[Q];

/** Asks a policy the question. */
export function answerAsked<Q extends Question>(
  policy: Policy,
  { question, facts }: Asked<Q>,
  parameters: Parameters,
): Outcome<Q> {
  return answerOne(policy, question, facts, parameters);
}

const MAKERS = {
  grade: gradeFacts,
  promise: promiseFacts,
  guard: guardFacts,
  react: reactFacts,
  route: routeFacts,
  care: careFacts,
  measure: measureFacts,
} as const;

/** All that the kit asks a policy: facts for every question that it has an opinion on. The same seed gives the same. */
export function allFacts(subject: Subject): Asked[] {
  return (Object.keys(MAKERS) as Question[]).flatMap((question) => {
    if (!mayAnswer(subject.policy, question)) return [];
    // Chance of its own, so that a question that is added or left out does not change the facts of the others.
    return MAKERS[question](subject, seeded(subject.seed)).map((facts) => ({ question, facts }) as Asked);
  });
}

/** Where facts are, in words: what a finding about them names. */
export function placeOf({ question, facts }: Asked): string {
  switch (question) {
    case 'grade':
      return `grade by scheme ${facts.scheme}`;
    case 'promise': {
      const { type, level, case: one } = facts.ticket;
      return `promise for ${type} level ${level}${one === null ? '' : `, case ${one}`}`;
    }
    case 'guard':
      return `guard of ${facts.action}${facts.ticket ? ` (${facts.ticket.type})` : ''}`;
    case 'react':
      return `react to ${facts.event.kind}${facts.ticket ? ` (${facts.ticket.type})` : ''}`;
    case 'route':
      return `route of ${facts.kind}`;
    case 'care':
      return `care on ${facts.today}`;
    case 'measure':
      return 'measure';
  }
}
