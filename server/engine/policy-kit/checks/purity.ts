import { type Asked, answerAsked, placeOf } from '../facts/all.ts';
import type { Watch } from '../progress.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings } from './result.ts';

/** What is not for policies, by the reason that it is not. */
const CLOCK = 'a policy has no clock; the time is in its facts (now, today)';
const DICE = 'a policy has no dice; the same facts have the same answer';
const LATER = 'a policy has answered when it returns, and nothing runs afterwards';
const NETWORK = 'a policy reads nothing but its facts';

type Slot = readonly [owner: object, name: string, called: string, because: string];

export interface Impurities {
  readonly findings: readonly Finding[];
  /** It goes out, or leaves something to run later: asked again, it would really do so. */
  readonly reachesOut: boolean;
}

/** What a policy calls that gives something else each time, goes out, or comes back later. Nothing goes out meanwhile. */
export function impuritiesOf({ policy, sampled }: Subject, all: readonly Asked[], watch: Watch): Impurities {
  const found = new Findings('determinism');
  let reachesOut = false;
  const calls = new Map<string, string>();
  const restore = wired((called, because) => calls.set(called, because));
  try {
    for (const asked of all) {
      calls.clear();
      const place = placeOf(asked);
      watch.enter(place);
      answerAsked(policy, asked, sampled);
      watch.leave();
      for (const [called, because] of calls) {
        found.add(place, `it calls ${called}: ${because}`);
        reachesOut ||= because === NETWORK || because === LATER;
      }
    }
  } finally {
    restore();
  }
  return { findings: found.all(), reachesOut };
}

/** Puts a wire on each of the calls. @returns takes them off again */
function wired(tell: (called: string, because: string) => void): () => void {
  const slots: Slot[] = [
    [Math, 'random', 'Math.random()', DICE],
    [crypto, 'randomUUID', 'crypto.randomUUID()', DICE],
    [crypto, 'getRandomValues', 'crypto.getRandomValues()', DICE],
    [performance, 'now', 'performance.now()', CLOCK],
    [globalThis, 'fetch', 'fetch()', NETWORK],
    ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map(
      (name): Slot => [globalThis, name, `${name}()`, LATER],
    ),
  ];
  const before = slots.map(([owner, name]) => [owner, name, Object.getOwnPropertyDescriptor(owner, name)] as const);
  for (const [owner, name, called, because] of slots) {
    const real = Reflect.get(owner, name) as (...given: unknown[]) => unknown;
    const wire = (...given: unknown[]): unknown => {
      tell(called, because);
      // What was to run later, or to go out, is left out: it would come when nobody looks on.
      return because === CLOCK || because === DICE ? real.apply(owner, given) : undefined;
    };
    Object.defineProperty(owner, name, { value: wire, configurable: true, writable: true });
  }
  const { Date: RealDate } = globalThis;
  globalThis.Date = clockOf(RealDate, () => tell('new Date() or Date.now()', CLOCK));
  return () => {
    globalThis.Date = RealDate;
    for (const [owner, name, descriptor] of before) {
      if (descriptor) Object.defineProperty(owner, name, descriptor);
      else Reflect.deleteProperty(owner, name);
    }
  };
}

/** The Date of the engine, which tells when it is asked for the present. */
function clockOf(RealDate: DateConstructor, tell: () => void): DateConstructor {
  return new Proxy(RealDate, {
    apply: () => {
      tell();
      return RealDate();
    },
    construct: (_target, given: unknown[]) => {
      if (given.length === 0) tell();
      return new RealDate(...(given as [number]));
    },
    get: (target, key) => {
      if (key === 'now') tell();
      return Reflect.get(target, key) as unknown;
    },
  });
}
