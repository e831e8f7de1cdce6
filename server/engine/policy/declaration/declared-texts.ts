import type { Policy } from '../contract.ts';

/** Entries of a declaration that are shown by their label. */
const LABELLED =
  /^((applications|benefits|posts|records|calendars|duties|messages|metrics|reports|schemes|surveyTopics|ticketTypes|schemes \S+ tiers|plans (kinds|parts|templates)|plans kinds \S+ milestones|meetings kinds|records \S+ (steps|statuses|figures)) \S+)?$/;

/** Schemas and functions: what is inside them is nothing that a policy says. */
const SKIPPED: readonly string[] = ['answers', 'brings', 'fields', 'profiles', 'record', 'schema'];

/**
 * Labels, descriptions and titles that a declaration lacks in a language, or altogether: `metrics SPEND label: its text in
 * Chinese is empty`.
 */
export function textProblems(policy: Policy): string[] {
  const problems: string[] = [];
  const walk = (part: unknown, place: string): void => {
    if (typeof part !== 'object' || part === null) return;
    if ('en' in part || 'zh' in part) {
      const { en, zh } = part as { readonly en?: unknown; readonly zh?: unknown };
      for (const [language, text] of [['English', en] as const, ['Chinese', zh] as const])
        if (typeof text !== 'string' || text.trim() === '')
          problems.push(`${place}: its text in ${language} is ${text === undefined ? 'missing' : 'empty'}`);
      return;
    }
    const named = LABELLED.test(place) ? 'label' : /^parameters \S+$/.test(place) ? 'description' : null;
    if (named !== null && (part as Readonly<Record<string, unknown>>)[named] == null)
      problems.push(`${place}: it has no ${named}`.replace(/^: it/, 'it'));
    for (const [key, value] of Object.entries(part))
      if (!SKIPPED.includes(key)) walk(value, place === '' ? key : `${place} ${key}`);
  };
  walk(policy, '');
  return problems;
}
