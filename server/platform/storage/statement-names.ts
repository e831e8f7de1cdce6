/** How many statements are named, and how many more are watched for a second use. */
const NAMED = 500;
const WATCHED = 2_000;

/**
 * Names for prepared statements, which PostgreSQL then parses and plans once a connection. A statement gets its name
 * at its second use, so that those that never come again (lists of every length) take no room; and since a connection
 * keeps what it has prepared until it closes, names are given to so many statements and then no more.
 *
 * @returns a function from a statement to its name, or to '' for one that is not to be prepared
 */
export function statementNames({
  named = NAMED,
  watched = WATCHED,
  prefix = 's',
} = {}): (statement: { sql: string }) => string {
  const names = new Map<string, string>();
  const seenOnce = new Set<string>();
  return ({ sql }) => {
    const name = names.get(sql);
    if (name) return name;
    if (names.size >= named) return '';
    if (seenOnce.delete(sql)) {
      const given = `${prefix}${names.size + 1}`;
      names.set(sql, given);
      return given;
    }
    seenOnce.add(sql);
    const [oldest] = seenOnce;
    if (seenOnce.size > watched && oldest) seenOnce.delete(oldest);
    return '';
  };
}
