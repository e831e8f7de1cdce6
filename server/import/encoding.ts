import { type FileHandle, open } from 'node:fs/promises';
import { InvalidInput } from '../errors.ts';

export type Encoding = 'utf-8' | 'gb18030';

/** Bytes that are read at once, and by which an encoding is told. */
const CHUNK = 65_536;

/** The longest line, in characters: a file of other kind, or one line of a billion columns, is refused before it is in memory. */
const LONGEST_LINE = 262_144;

const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: Encoding | 'utf-16' }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0x84, 0x31, 0x95, 0x33], encoding: 'gb18030' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16' },
];

/**
 * The encoding of a file: by its byte order mark, else by whether the first 64 KiB that hold more than ASCII are valid
 * UTF-8. Chinese text in GB18030 practically never is.
 *
 * @throws {InvalidInput} it is UTF-16
 */
export async function detectEncoding(file: string): Promise<Encoding> {
  const handle = await open(file);
  try {
    const chunk = Buffer.alloc(CHUNK);
    for (let position = 0; ; position += chunk.length) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
      const read = chunk.subarray(0, bytesRead);
      const mark =
        position === 0 ? MARKS.find(({ bytes }) => bytes.every((byte, index) => read[index] === byte)) : undefined;
      if (mark?.encoding === 'utf-16') {
        throw new InvalidInput([{ path: 'file', message: 'is UTF-16; save it as "CSV UTF-8"' }]);
      }
      if (mark) return mark.encoding;
      if (bytesRead === 0) return 'utf-8';
      if (read.some((byte) => byte > 0x7f)) return isUtf8(read) ? 'utf-8' : 'gb18030';
    }
  } finally {
    await handle.close();
  }
}

/** What has been read of a file so far. */
export interface ReadState {
  bytes: number;
}

/**
 * The file's text, piece by piece, without byte order mark and with LF at the end of each line. Bytes that the encoding
 * does not have become U+FFFD, which no cell may hold.
 *
 * @throws {InvalidInput} a line is longer than 262,144 characters
 */
export async function* readText(handle: FileHandle, encoding: Encoding, state: ReadState): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const stream = handle.createReadStream({ start: 0, highWaterMark: CHUNK, autoClose: false });
  let line = 1;
  let length = 0;
  let heldBack = '';
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    state.bytes += bytes.length;
    let text = heldBack + decoder.decode(bytes, { stream: true });
    // Its LF may come with the next piece.
    heldBack = text.endsWith('\r') ? '\r' : '';
    text = text.slice(0, text.length - heldBack.length).replace(/\r\n?/g, '\n');
    for (let from = 0; ; ) {
      const end = text.indexOf('\n', from);
      length += (end === -1 ? text.length : end) - from;
      if (length > LONGEST_LINE) {
        throw new InvalidInput([{ path: `line ${line}`, message: `is longer than ${LONGEST_LINE} characters` }]);
      }
      if (end === -1) break;
      line += 1;
      length = 0;
      from = end + 1;
    }
    yield text;
  }
  yield `${heldBack}${decoder.decode()}`.replace(/\r\n?/g, '\n');
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // The last character may be cut in two.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
