// Which encoding a file has is told by the whole of it. Words are looked at one by one: a word ends at a byte below 0x30 (comma,
// quote, space, end of line), which is part of no character but itself in either encoding. Each word says UTF-8, says GB18030, may
// be both, or is neither; one bad byte says nothing of the other words.

/** What the words of a file say, counted. */
export interface Evidence {
  /** Words that are UTF-8 and would be no Chinese in GB18030. */
  readonly utf8: number;
  /** Words that are Chinese in GB18030 and would be nothing, or no word of any language, in UTF-8. */
  readonly gb18030: number;
  /** Words that read well either way. */
  readonly either: number;
  /** Words that are neither, e.g. of Latin-1. */
  readonly neither: number;
  /** Lines, from 1, with words of the other encoding, by the encoding that the file has; at most `MOST_LINES` each. */
  readonly strangers: { readonly 'utf-8': ReadonlySet<number>; readonly gb18030: ReadonlySet<number> };
}

/** Lines that are remembered, so that memory does not grow with the file. */
export const MOST_LINES = 1_000;

const LF = 0x0a;
const CR = 0x0d;

/** Reads a file's bytes, piece by piece, however they are cut. */
export class EvidenceReader {
  #line = 1;
  #wasCr = false;
  readonly #word = new Word();
  readonly #counts = { utf8: 0, gb18030: 0, either: 0, neither: 0 };
  readonly #strangers = { 'utf-8': new Set<number>(), gb18030: new Set<number>() };

  read(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte >= 0x30) {
        this.#word.add(byte);
        this.#wasCr = false;
        continue;
      }
      this.#endWord();
      if (byte === CR || (byte === LF && !this.#wasCr)) this.#line += 1;
      this.#wasCr = byte === CR;
    }
  }

  end(): Evidence {
    this.#endWord();
    return { ...this.#counts, strangers: this.#strangers };
  }

  #endWord(): void {
    const word = this.#word;
    if (word.isForeign) {
      const says = word.says();
      if (says) this.#counts[says] += 1;
      if (says === 'gb18030') this.#remember('utf-8');
      else if (says === 'utf8' || word.isLatin1) this.#remember('gb18030');
    }
    if (!word.isEmpty) this.#word.clear();
  }

  #remember(encoding: 'utf-8' | 'gb18030'): void {
    const lines = this.#strangers[encoding];
    if (lines.size < MOST_LINES) lines.add(this.#line);
  }
}

/** One word, read as UTF-8 and as GB18030 at a time, byte by byte. */
class Word {
  isEmpty = true;
  isForeign = false;
  #before = 0;

  // As UTF-8.
  #isUtf8 = true;
  #codePoint = 0;
  #missing = 0;
  #least = 0;
  #isOdd = false;
  #alphabet: string | null = null;
  #hasWide = false;
  /** An accented letter stands beside one without. */
  #isAccented = false;
  #wasAccented = false;
  #letterBefore = false;

  // As GB18030.
  #isGb = true;
  #gb: number[] = [];
  #common = 0;
  #rare = 0;
  #lead = 0;
  /** A byte beside a plain letter that would take the letter behind it for its second half. */
  #takesLetter = false;
  #letterBeforeLead = false;

  clear(): void {
    this.isEmpty = true;
    this.isForeign = false;
    this.#before = 0;
    this.#isUtf8 = true;
    this.#missing = 0;
    this.#isOdd = false;
    this.#alphabet = null;
    this.#hasWide = false;
    this.#isAccented = false;
    this.#wasAccented = false;
    this.#isGb = true;
    this.#gb = [];
    this.#common = 0;
    this.#rare = 0;
    this.#takesLetter = false;
  }

  add(byte: number): void {
    this.isEmpty = false;
    if (byte > 0x7f) this.isForeign = true;
    if (this.isForeign) {
      if (this.#isUtf8) this.#addUtf8(byte);
      if (this.#isGb) this.#addGb(byte);
    }
    this.#before = byte;
  }

  /** What it looks like where it is neither: a word of Latin-1, an accented letter among others. */
  get isLatin1(): boolean {
    return this.#takesLetter && this.#common === 0;
  }

  /** Null where it may be Chinese in characters so rare that nothing follows from them. */
  says(): 'utf8' | 'gb18030' | 'either' | 'neither' | null {
    const isUtf8 = this.#isUtf8 && this.#missing === 0 && !this.#isOdd;
    const isGb = this.#isGb && this.#gb.length === 0;
    // Names have rare characters among common ones; words of other languages come to rare ones alone.
    const isChinese = isGb && this.#common > 0 && this.#common >= this.#rare;
    if (isUtf8) return this.#hasWide || this.#isAccented || !isGb || this.#rare > 0 ? 'utf8' : 'either';
    if (!isGb || this.#takesLetter) return 'neither';
    return isChinese ? 'gb18030' : null;
  }

  #addUtf8(byte: number): void {
    if (this.#missing > 0) {
      if ((byte & 0xc0) !== 0x80) {
        this.#isUtf8 = false;
        return;
      }
      this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
      this.#missing -= 1;
      if (this.#missing === 0) this.#addCharacter(this.#codePoint);
      return;
    }
    if (byte < 0x80) {
      if (this.#wasAccented && isLetter(byte)) this.#isAccented = true;
      this.#wasAccented = false;
      return;
    }
    const missing =
      byte >= 0xc2 && byte <= 0xdf ? 1 : byte >= 0xe0 && byte <= 0xef ? 2 : byte >= 0xf0 && byte <= 0xf4 ? 3 : 0;
    if (missing === 0) {
      this.#isUtf8 = false;
      return;
    }
    this.#missing = missing;
    this.#least = [0, 0x80, 0x800, 0x10000][missing] ?? 0;
    this.#codePoint = byte & (0x3f >> missing);
    this.#letterBefore = isLetter(this.#before);
  }

  #addCharacter(codePoint: number): void {
    if (codePoint < this.#least || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) {
      this.#isUtf8 = false;
      return;
    }
    const alphabet = alphabetOf(codePoint);
    if (alphabet === null) this.#isOdd = true;
    else if (alphabet === 'WIDE') this.#hasWide = true;
    else if (alphabet !== 'SIGN') {
      // Nobody writes one word in two of them.
      if (this.#alphabet !== null && this.#alphabet !== alphabet) this.#isOdd = true;
      this.#alphabet = alphabet;
      this.#wasAccented = alphabet === 'LATIN';
      if (this.#wasAccented && this.#letterBefore) this.#isAccented = true;
      return;
    }
    this.#wasAccented = false;
  }

  #addGb(byte: number): void {
    const [lead, second, third] = this.#gb;
    if (lead === undefined) {
      if (byte < 0x80) return;
      if (byte === 0x80 || byte === 0xff) this.#isGb = false;
      this.#gb.push(byte);
      this.#lead = byte;
      this.#letterBeforeLead = isLetter(this.#before);
    } else if (second === undefined) {
      if (byte >= 0x30 && byte <= 0x39) {
        this.#gb.push(byte);
        return;
      }
      if (byte < 0x40 || byte === 0x7f || byte === 0xff) this.#isGb = false;
      if (this.#letterBeforeLead && isLetter(byte)) this.#takesLetter = true;
      // The two levels of GB 2312 and its signs: what nearly all Chinese is written with.
      const isCommon =
        byte >= 0xa1 && ((this.#lead >= 0xb0 && this.#lead <= 0xf7) || (this.#lead >= 0xa1 && this.#lead <= 0xa9));
      if (isCommon) this.#common += 1;
      else this.#rare += 1;
      this.#gb = [];
    } else if (third === undefined) {
      if (byte < 0x81 || byte === 0xff) this.#isGb = false;
      this.#gb.push(byte);
    } else {
      if (byte > 0x39) this.#isGb = false;
      this.#rare += 1;
      this.#gb = [];
    }
  }
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** Ranges of code points, ascending by their ends, and what is written in them; what is in none of them is written by nobody. */
const ALPHABETS: readonly (readonly [from: number, to: number, alphabet: string])[] = [
  [0xa0, 0xbf, 'SIGN'],
  [0xc0, 0x24f, 'LATIN'],
  [0x300, 0x36f, 'LATIN'],
  [0x370, 0x3ff, 'GREEK'],
  [0x400, 0x52f, 'CYRILLIC'],
  [0x531, 0x58f, 'ARMENIAN'],
  [0x590, 0x5ff, 'HEBREW'],
  [0x600, 0x6ff, 'ARABIC'],
  [0x750, 0x77f, 'ARABIC'],
  [0x900, 0xfff, 'WIDE'],
  [0x1100, 0x11ff, 'WIDE'],
  [0x1800, 0x18af, 'WIDE'],
  [0x1e00, 0x1fff, 'WIDE'],
  [0x2000, 0x27bf, 'WIDE'],
  [0x2e80, 0x4dbf, 'WIDE'],
  [0x4e00, 0xa4cf, 'WIDE'],
  [0xac00, 0xd7a3, 'WIDE'],
  [0xf900, 0xfaff, 'WIDE'],
  [0xfb50, 0xffef, 'WIDE'],
  [0x10000, 0x10ffff, 'WIDE'],
];

function alphabetOf(codePoint: number): string | null {
  return ALPHABETS.find(([from, to]) => codePoint >= from && codePoint <= to)?.[2] ?? null;
}
