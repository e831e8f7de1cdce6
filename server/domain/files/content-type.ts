import { fileTypeFromBuffer } from 'file-type';

/** What a content is: its media type, and how names of such files end. */
export interface ContentType {
  readonly mediaType: string;
  readonly extension: string;
}

const TEXT: ContentType = { mediaType: 'text/plain', extension: 'txt' };

/** What text has none of, whatever its encoding; tabs, line ends and form feeds it has. */
const CONTROLS: ReadonlySet<number> = new Set(
  [...Array(32).keys(), 127].filter((code) => code !== 9 && code !== 10 && code !== 12 && code !== 13),
);

/** Whether bytes may be of a text. */
export function isText(bytes: Uint8Array): boolean {
  return !bytes.some((byte) => CONTROLS.has(byte));
}

/** What a content is by how it begins; null where nobody knows. A text is one as long as all of it is. */
export async function contentTypeOf(beginning: Uint8Array): Promise<ContentType | null> {
  const known = await fileTypeFromBuffer(beginning);
  if (known) return { mediaType: known.mime, extension: known.ext };
  return isText(beginning) ? TEXT : null;
}
