import { ask } from './ask.ts';
import { wordFindings } from './checks/compared-words.ts';
import { declarationFindings } from './checks/declaration.ts';
import { determinismFindings } from './checks/determinism.ts';
import { explanationFindings } from './checks/explanation.ts';
import { importFindings } from './checks/imports.ts';
import { personalDataFindings } from './checks/personal-data.ts';
import { promiseFindings } from './checks/promises.ts';
import { impuritiesOf } from './checks/purity.ts';
import type { Result } from './checks/result.ts';
import { dayEndFindings, stableKeyFindings, taskFindings } from './checks/tasks.ts';
import { monotonicityFindings, reachabilityFindings } from './checks/tiers.ts';
import { medianOf, timeFindings } from './checks/time.ts';
import { blankFindings, totalityFindings } from './checks/totality.ts';
import { type Asked, allFacts } from './facts/all.ts';
import type { Watch } from './progress.ts';
import type { Finding } from './report.ts';
import type { Subject } from './subject.ts';

export interface Examination {
  readonly findings: readonly Finding[];
  readonly answers: number;
  /** Milliseconds; null where nothing was asked. */
  readonly medianMs: number | null;
  /** It reaches out of its thread, and was asked no more once that was known. */
  readonly isCutShort: boolean;
}

/** All checks that need no example: what holds for every policy, whatever it decides. */
export function examine(subject: Subject, watch: Watch): Examination {
  const declared = [...declarationFindings(subject), ...wordFindings(subject)];
  const asked = allFacts(subject).map(frozen);
  const imports = importFindings(subject.files);
  // This comes first: nothing goes out before it is known, and what is measured later is the rule, not its compilation.
  const { findings: impurities, reachesOut } = impuritiesOf(subject, asked, watch);
  if (reachesOut)
    return { findings: [...declared, ...imports, ...impurities], answers: 0, medianMs: null, isCutShort: true };
  const durations: number[] = [];
  const results = asked.map(
    (one): Result => ({
      asked: one,
      outcome: ask(subject.policy, one, subject.sampled, watch, durations),
    }),
  );
  const findings = [
    ...declared,
    ...imports,
    ...lasting(subject, results, watch),
    ...stableKeyFindings(subject, results, watch),
    ...impurities,
    ...determinismFindings(subject, results, watch, impurities),
    ...personalDataFindings(subject, results, watch),
    ...timeFindings(subject, results, durations, watch),
  ];
  return { findings, answers: results.length, medianMs: medianOf(durations), isCutShort: false };
}

/** The checks that say the same each time they are run, and are quick: enough to tell a changed copy. */
export function examineQuickly(subject: Subject, asked: readonly Asked[], watch: Watch): readonly Finding[] {
  const declared = declarationFindings(subject);
  if (declared.length > 0) return declared;
  const results = asked.map(
    (one): Result => ({
      asked: one,
      outcome: ask(subject.policy, one, subject.sampled, watch),
    }),
  );
  return lasting(subject, results, watch);
}

function lasting(subject: Subject, results: readonly Result[], watch: Watch): Finding[] {
  const unset = results.map(
    ({ asked }): Result => ({
      asked,
      outcome: ask(subject.policy, asked, subject.presets, watch),
    }),
  );
  return [
    ...totalityFindings(subject, results),
    ...blankFindings(subject, unset, results),
    ...reachabilityFindings(subject, results),
    ...monotonicityFindings(subject, watch),
    ...explanationFindings(results),
    ...promiseFindings(results),
    ...taskFindings(results),
    ...dayEndFindings(subject.policy, results),
  ];
}

/** Facts that a policy cannot change: one that tries throws, and is found. */
export function frozen(asked: Asked): Asked {
  const freeze = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || Object.isFrozen(part)) return;
    Object.freeze(part);
    Object.values(part).forEach(freeze);
  };
  freeze(asked.facts);
  return asked;
}
