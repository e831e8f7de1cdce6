import { type FileHandle, open } from 'node:fs/promises';
import { InvalidInput } from '../../../platform/values/errors.ts';
import { type Evidence, EvidenceReader, MOST_LINES } from './evidence.ts';

export type Encoding = 'utf-8' | 'gb18030';

/** Bytes that are read at once. */
const CHUNK = 65_536;

/** The longest line, in characters: a file of other kind, or one line of a billion columns, is refused before it is in memory. */
const LONGEST_LINE = 262_144;

const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: Encoding | 'utf-16' }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0x84, 0x31, 0x95, 0x33], encoding: 'gb18030' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16' },
];

/** How a file is read. */
export interface Reading {
  readonly encoding: Encoding;
  /** Lines with words of another encoding that this one reads without complaint, as something else. */
  readonly strangers: ReadonlySet<number>;
}

/** A file in which so many words for one speak against the encoding is a mixture of both. */
const MIXED = 10;

/**
 * The encoding of a file: by its byte order mark, else by what the whole of it says (evidence.ts).
 *
 * @throws {InvalidInput} it is UTF-16, or what it says is not enough to tell
 */
export async function detectEncoding(file: string): Promise<Reading> {
  const handle = await open(file);
  try {
    const evidence = new EvidenceReader();
    const chunk = Buffer.alloc(CHUNK);
    for (let position = 0; ; ) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) return decide(evidence.end());
      const read = chunk.subarray(0, bytesRead);
      const mark =
        position === 0 ? MARKS.find(({ bytes }) => bytes.every((byte, index) => read[index] === byte)) : undefined;
      if (mark?.encoding === 'utf-16') {
        throw new InvalidInput([{ path: 'file', message: 'is UTF-16; save it as "CSV UTF-8"' }]);
      }
      if (mark) return { encoding: mark.encoding, strangers: NONE };
      evidence.read(read);
      position += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

const NONE: ReadonlySet<number> = new Set();

/** @throws {InvalidInput} nothing speaks for one of the two, or too much for both */
export function decide({ utf8, gb18030, either, neither, strangers }: Evidence): Reading {
  const as = (encoding: Encoding): Reading => ({ encoding, strangers: strangers[encoding] });
  // What is not UTF-8 shows in UTF-8, so this is the safe one of the two; GB18030 reads nearly everything as something.
  if (utf8 > 0 ? utf8 >= gb18030 : gb18030 === 0 && either === 0) return as('utf-8');
  const against = utf8 + neither;
  if (gb18030 > 0 && gb18030 >= against * MIXED && strangers.gb18030.size < MOST_LINES) return as('gb18030');
  const message =
    utf8 + gb18030 === 0
      ? `may be UTF-8 or GB18030: ${either} words read well in both; say which it is with --encoding utf-8 or gb18030`
      : `is a mixture: ${gb18030} words are of GB18030, ${utf8} of UTF-8, ${neither} of neither; say which it is with --encoding utf-8 or gb18030`;
  throw new InvalidInput([{ path: 'file', message }]);
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
