import { parseGlobalId } from '../../server/platform/values/ids.ts';

/** Ids of another type in a filter find nothing; they are no error, for a filter narrows. */
export function idsOf(type: string, ids: readonly string[]): string[] {
  return ids.flatMap((id) => {
    const parsed = parseGlobalId(id);
    return parsed?.type === type ? [parsed.id] : [];
  });
}
