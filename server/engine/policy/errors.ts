/** Errors of the inside of this folder. What a caller can act on is in ../errors.ts: NotConfigured, PolicyFailure. */

/** A rule or an answer function read parameters that nobody set. */
export class BlankParameters extends Error {
  readonly parameters: readonly string[];
  constructor(parameters: readonly string[]) {
    super(`not configured: ${parameters.join(', ')}`);
    this.name = 'BlankParameters';
    this.parameters = parameters;
  }
}

/** What went wrong in a plugin; the message goes to the log and the alert. */
export type BreakageKind = 'THREW' | 'HUNG' | 'DIED' | 'RUBBISH' | 'BLOCKED' | 'GONE';

/** A plugin broke: no answer, or one that cannot be taken. */
export class PolicyBreakage extends Error {
  readonly kind: BreakageKind;
  constructor(kind: BreakageKind, message: string) {
    super(message.slice(0, MAX_DETAIL));
    this.name = 'PolicyBreakage';
    this.kind = kind;
  }
}

/** Longest message of a breakage, in characters: a plugin's error may hold anything. */
const MAX_DETAIL = 300;

/** Plugins that cannot be installed; the process does not start. `problems` names each plugin and what is wrong. */
export class PluginError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Policies cannot be installed:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'PluginError';
    this.problems = problems;
  }
}
