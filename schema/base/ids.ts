import { parseGlobalId } from '../../server/platform/values/ids.ts';

/** Ids of another type in a filter find nothing; they are no error, for a filter narrows. */
export function idsOf(type: string, ids: readonly string[]): string[] {
  return ids.flatMap((id) => {
    const parsed = parseGlobalId(id);
    return parsed?.type === type ? [parsed.id] : [];
  });
}

/**
 * The name within its policy of what a policy declares, from either way in which an input may say it: by the name, or by the
 * object's id, as screens that keep objects by their ids have it.
 */
export function wordOf<Given extends string | null | undefined>(type: 'Calendar', value: Given): Given {
  if (value == null) return value;
  const [, key] = new RegExp(`^${type}:[^/]+/(.+)$`).exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
  return (key?.replace(/@\d+$/, '') as Given | undefined) ?? value;
}
