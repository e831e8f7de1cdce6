import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { z } from 'zod';
import { type AskedAgain, askAgain } from '../../engine/policy/decisions/compare.ts';
import { openPolicies } from '../../engine/policy/open-policies.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import { loadPlugins, type Plugin, urlOf } from '../../engine/policy/registry.ts';
import { systemClock } from '../../platform/values/wall-clock.ts';
import { SettingsError } from '../settings-error.ts';

const versionLine = z.object({
  policyId: z.string(),
  version: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});
const decisionLine = z.object({
  id: z.string(),
  at: z.string(),
  policyVersion: z.string(),
  question: z.string(),
  outcome: z.string(),
  facts: z.unknown(),
  answer: z.unknown(),
});
type DecisionLine = z.infer<typeof decisionLine>;

/** What a plugin decides otherwise than was recorded. */
export interface FileReplay {
  readonly policyId: string;
  readonly asked: number;
  readonly different: number;
  readonly differences: readonly {
    readonly id: string;
    readonly question: string;
    readonly before: string;
    readonly after: string;
  }[];
  /** The same in sentences. */
  readonly text: readonly string[];
}

/** Differences that are told one by one. */
const TOLD = 50;

/**
 * Asks a plugin on disk what the file says was decided, under the parameters of then.
 *
 * @param changes `key=value`: other values than those of then
 * @throws {SettingsError} the file is none of `tierline policy decisions`, or is about another policy
 */
export async function replayFile(name: string, file: string, changes: readonly string[] = []): Promise<FileReplay> {
  const plugin = await pluginOf(name);
  const { decisions, versions } = await readLines(file, plugin.policy.id);
  const policies = await openPolicies({
    plugins: [plugin],
    prisma: { policySetting: { findMany: async () => [] } },
    log: pino({ level: 'silent' }),
    clock: systemClock,
  });
  try {
    const replayed: { decision: DecisionLine; after: AskedAgain }[] = [];
    for (const [version, ofVersion] of decisions)
      replayed.push(
        ...(await replayVersion(policies, plugin, ofVersion, { ...versions.get(version), ...readChanges(changes) })),
      );
    return told(plugin.policy.id, replayed);
  } finally {
    await policies.close();
  }
}

async function pluginOf(name: string): Promise<Plugin> {
  const url = urlOf(name);
  const plugins = await loadPlugins([name]);
  const plugin = plugins.find((one) => one.url === url) ?? plugins.find(({ policy }) => policy.id === name);
  if (!plugin) throw new SettingsError(`${name} is no plugin.`);
  return plugin;
}

async function replayVersion(
  policies: Policies,
  { policy }: Plugin,
  decisions: readonly DecisionLine[],
  values: Readonly<Record<string, unknown>>,
) {
  const declared = Object.fromEntries(Object.entries(values).filter(([key]) => key in (policy.parameters ?? {})));
  const { value: parameters, issues } = await policies.read(policy.id, { of: 'PARAMETERS', values: declared });
  const [issue] = issues;
  if (issue) throw new SettingsError(`The parameter ${issue.path.join('.')} ${issue.message}.`);
  const candidate = policies.candidate(policy.id, { parameters });
  try {
    const after = await askAgain(candidate, decisions);
    return decisions.flatMap((decision, index) => {
      const again = after[index];
      return again ? [{ decision, after: again }] : [];
    });
  } finally {
    await candidate.close();
  }
}

async function readLines(file: string, policyId: string) {
  const decisions = new Map<string, DecisionLine[]>();
  const versions = new Map<string, Readonly<Record<string, unknown>>>();
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
    number += 1;
    if (line.trim() === '') continue;
    const read = lineOf(line);
    if (!read) throw new SettingsError(`${file}:${number} is no line of tierline policy decisions.`);
    if ('version' in read) {
      if (read.policyId !== policyId)
        throw new SettingsError(`${file} is about ${read.policyId}, the plugin is ${policyId}.`);
      versions.set(read.version, read.parameters);
    } else decisions.set(read.policyVersion, [...(decisions.get(read.policyVersion) ?? []), read]);
  }
  return { decisions, versions };
}

function lineOf(line: string): z.infer<typeof versionLine> | DecisionLine | null {
  try {
    const json: unknown = JSON.parse(line);
    return versionLine.safeParse(json).data ?? decisionLine.safeParse(json).data ?? null;
  } catch {
    return null;
  }
}

function readChanges(changes: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    changes.map((change) => {
      const [key = '', ...value] = change.split('=');
      const text = value.join('=');
      try {
        return [key, JSON.parse(text) as unknown];
      } catch {
        return [key, text];
      }
    }),
  );
}

function told(policyId: string, replayed: readonly { decision: DecisionLine; after: AskedAgain }[]): FileReplay {
  const differences = replayed
    .filter(({ after }) => after.isDifferent)
    .map(({ decision, after }) => ({ ...shownDifference(decision, after) }));
  const lines = differences
    .slice(0, TOLD)
    .map(({ id, question, before, after }) => `  ${question} ${id}: ${before} -> ${after}`);
  const more = differences.length - lines.length;
  const summary = `${replayed.length} decisions asked again, ${differences.length} different.`;
  const text = [summary, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
  return { policyId, asked: replayed.length, different: differences.length, differences, text };
}

function shownDifference({ id, question, outcome, answer }: DecisionLine, after: AskedAgain) {
  const before = shortly(outcome, answer);
  return { id, question, before, after: shortly(after.outcome, after.answer ?? after.detail) };
}

function shortly(outcome: string, answer: unknown): string {
  return `${outcome} ${JSON.stringify(answer ?? null)}`.slice(0, 200);
}
