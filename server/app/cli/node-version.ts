/** Imported before all else: what an older Node says of the rest is a stack trace. */
const NEEDED = 'Tierline needs Node 20.19, 22.12 or 24 and later';

/** Why the Node of this version does not do; null where it does. */
export function unfitNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isFit = major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  return isFit ? null : `node: is ${version}. ${NEEDED}.`;
}

const why = unfitNode(process.versions.node);
if (why) {
  console.error(why);
  process.exit(2);
}
