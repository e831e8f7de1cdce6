import type { Condition, Operand } from '../vocabulary.ts';

/** A condition on one thing. `not` is gone: it was carried down to the leaves, where it is another comparison. */
export type PlainLeaf =
  | { readonly op: 'atLeast' | 'above' | 'atMost' | 'below'; readonly metric: string; readonly bound: Operand }
  | { readonly op: 'between'; readonly metric: string; readonly from: Operand; readonly to: Operand }
  | { readonly op: 'isOneOf' | 'isNoneOf'; readonly field: string; readonly values: readonly string[] }
  | { readonly op: 'consents' | 'declines' };

export interface PlainGroup {
  readonly op: 'any' | 'all';
  readonly of: readonly Plain[];
}

export type Plain = PlainLeaf | PlainGroup;

export function isGroup(condition: Plain): condition is PlainGroup {
  return condition.op === 'any' || condition.op === 'all';
}

const OPPOSITE = { atLeast: 'below', below: 'atLeast', above: 'atMost', atMost: 'above' } as const;

const known = new WeakMap<Condition, Plain>();

/** The plain form of a rule's condition, made once. */
export function plain(condition: Condition): Plain {
  const before = known.get(condition);
  if (before) return before;
  const made = withoutNot(condition, false);
  known.set(condition, made);
  return made;
}

/**
 * The same condition without `not` (De Morgan), so that a rule reads, decides and explains itself without double
 * negation.
 */
function withoutNot(condition: Condition, isNegated: boolean): Plain {
  switch (condition.op) {
    case 'not':
      return withoutNot(condition.of, !isNegated);
    case 'any':
    case 'all': {
      const op = isNegated === (condition.op === 'any') ? 'all' : 'any';
      return { op, of: condition.of.map((part) => withoutNot(part, isNegated)) };
    }
    case 'between': {
      const { metric, from, to } = condition;
      if (!isNegated) return condition;
      return {
        op: 'any',
        of: [
          { op: 'below', metric, bound: from },
          { op: 'atLeast', metric, bound: to },
        ],
      };
    }
    case 'isOneOf':
      return isNegated ? { ...condition, op: 'isNoneOf' } : condition;
    case 'consents':
      return { op: isNegated ? 'declines' : 'consents' };
    default:
      return isNegated ? { ...condition, op: OPPOSITE[condition.op] } : condition;
  }
}

/** The conditions on single things, in the order in which they are written. */
export function leavesOf(condition: Plain): PlainLeaf[] {
  return isGroup(condition) ? condition.of.flatMap(leavesOf) : [condition];
}
