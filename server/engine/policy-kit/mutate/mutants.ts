import type { Policy } from '../../policy/contract.ts';
import { parseParameters } from '../../policy/parameters.ts';
import type { Copies } from '../copies.ts';
import { examineQuickly } from '../examine.ts';
import type { Asked } from '../facts/all.ts';
import { failsGolden } from '../golden/run-rows.ts';
import type { PlacedRow } from '../golden/tables.ts';
import type { Watch } from '../progress.ts';
import type { Survivor } from '../report.ts';
import type { Subject } from '../subject.ts';
import { declarationMutants } from './declaration-mutants.ts';
import { placeOfWords } from './places.ts';
import { ruleMutants } from './rules.ts';
import { sourceMutants } from './source.ts';

/** A changed copy of the plugin that waits to be judged. */
export interface Mutant extends Survivor {
  /** @throws {Error} the copy cannot be loaded */
  readonly policy: () => Policy | Promise<Policy>;
}

/** Every changed copy: of the rules and declarations as data, of the functions as text. The order is always the same. */
export function mutantsOf({ policy, files }: Pick<Subject, 'policy' | 'files'>, copies: Copies): Mutant[] {
  const { sources } = files;
  const placed = (words: readonly string[], change: string, made: Policy): Mutant => {
    const place = placeOfWords(sources, words);
    return { file: place?.file ?? null, line: place?.line ?? null, change, policy: () => made };
  };
  const byRules = ruleMutants(policy).map(({ scheme, about, change, rule }) => {
    const declared = policy.schemes?.[scheme];
    const schemes = declared ? { ...policy.schemes, [scheme]: { ...declared, rule } } : policy.schemes;
    return placed(['schemes', scheme, 'rule', ...about], `scheme ${scheme}, ${change}`, {
      ...policy,
      ...(schemes && { schemes }),
    });
  });
  const byDeclarations = declarationMutants(policy).map((one) => placed(one.about, one.change, one.policy));
  const bySources = sources
    .flatMap(sourceMutants)
    .map(({ file, line, change, text }): Mutant => ({ file, line, change, policy: () => copies.load(file, text) }));
  return [...byRules, ...byDeclarations, ...bySources];
}

/** Whether anything tells the changed policy: a golden row, or a check that any policy has to pass. */
export function isFoundOut(
  subject: Subject,
  changed: Policy,
  known: { readonly rows: readonly PlacedRow[]; readonly asked: readonly Asked[] },
  watch: Watch,
): boolean {
  if (failsGolden(changed, known.rows, watch)) return true;
  const blank = Object.entries(subject.sampled).filter(([key]) => subject.presets[key] === undefined);
  const presets = parseParameters(changed, {}, 'parameters').parameters;
  const copy = { ...subject, policy: changed, presets, sampled: { ...presets, ...Object.fromEntries(blank) } };
  return examineQuickly(copy, known.asked, watch).length > 0;
}
