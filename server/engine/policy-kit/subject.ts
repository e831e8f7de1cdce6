import type { Policy } from '../policy/contract.ts';
import type { Parameters } from '../policy/evaluate/operands.ts';
import type { PluginFiles } from '../policy/reading/sources.ts';
import { seeded } from './random.ts';
import { sampleParameters } from './samples.ts';

/** A plugin on the kit's table, with all that its questions are made from. */
export interface Subject {
  readonly policy: Policy;
  readonly files: PluginFiles;
  readonly seed: number;
  /** Parameters where nobody set any; blank ones are absent. */
  readonly presets: Parameters;
  /** The same with a sample for every blank one, so that every rule can be asked. */
  readonly sampled: Parameters;
  readonly unfilled: readonly string[];
  /** The numbers in its sources and parameters: whatever its functions compare with is among them. */
  readonly numbers: readonly number[];
}

export function subjectOf(policy: Policy, files: PluginFiles, seed: number): Subject {
  const samples = sampleParameters(policy, seeded(seed));
  const written = files.sources.flatMap(({ text }) =>
    [...text.matchAll(/\b\d[\d_]*(?:\.\d+)?\b/g)].map(([one]) => one),
  );
  const set = Object.values(samples.sampled).map(String);
  const numbers = [...written, ...set].map((one) => Number(one.replaceAll('_', ''))).filter(Number.isFinite);
  return { policy, files, seed, ...samples, numbers: [...new Set(numbers)].sort((a, b) => a - b) };
}
