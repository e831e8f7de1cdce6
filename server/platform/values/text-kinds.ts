import type { Issue } from './errors.ts';
import { telephoneOf } from './telephone.ts';

// One notion of sound text for every string that comes in: an input of any mutation, what a plugin records, a cell of a file.
// What a text is follows from its field's name, so that a field that somebody adds is held to it without being asked.

/**
 * PROSE may have several lines. A LINE is shown in one: names, subjects. A CODE is by what something is found: numbers that
 * spreadsheets like to destroy.
 */
export type TextKind = 'PROSE' | 'LINE' | 'CODE' | 'EMAIL' | 'TELEPHONE';

const LINES =
  /^(?:name|subject|title|role|source|key|product|place|recipient|installer|mediator|witness|parties|department|position|employer)$|Name$/;

/** What the text of a field, argument or column of this name is. */
export function textKindOf(name: string): TextKind {
  if (/(?:^|[a-z_])e?mail$/i.test(name)) return 'EMAIL';
  if (/(?:^|[a-z_])(?:phone|mobile|telephone|fax)(?:No|Number)?$/i.test(name)) return 'TELEPHONE';
  if (/^(?:number|code|case|scheme|tier)s?$|(?:Number|Code)s?$/.test(name)) return 'CODE';
  return LINES.test(name) ? 'LINE' : 'PROSE';
}

/** Neither space nor anything that leaves no mark: zero-width and direction marks, fillers, variation selectors. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Characters that are no character, among them those that stand for bytes that could not be read. */
const DAMAGED = /[\ufffd\ufff9-\ufffb\p{Noncharacter_Code_Point}]/u;
const CONTROL = /\p{Cc}/u;
const CONTROL_IN_PROSE = /[^\P{Cc}\t\n\r\v\f\u0085]/u;
/** What nobody sees and every comparison does. Joiners, direction marks and variation selectors are part of some scripts. */
const INVISIBLE =
  /\u034f|[\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b\u2028\u2029\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]/u;
const SPREADSHEET_ERROR = /^#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!|CALC!|#+)$/i;
/** `10E12` may be a number that somebody gave; spreadsheets write a sign. */
const IN_POWERS_OF_TEN = /^\d+(?:[.,]\d+E\+?|E\+)\d+$/i;
const WITH_DECIMALS = /^\d{6,}[.,]0+$/;
const EMAIL =
  /^(?!\.)(?!.*\.\.)[^\s@<>()[\]\\,;:"]{1,64}(?<!\.)@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]*[\p{L}\p{N}]$/u;

/** The rule that a text of this kind breaks; null where it is sound. A blank one breaks none: whether it may be is its field's. */
export function brokenRule(written: string, kind: TextKind): string | null {
  if (written.trim() === '') return null;
  if (!VISIBLE.test(written)) return 'shows nothing';
  if (kind === 'PROSE') return CONTROL_IN_PROSE.test(written) ? 'holds a control character' : null;
  // Spaces and line ends around a line are taken off where it is stored.
  const text = written.normalize('NFKC').trim();
  if (CONTROL.test(text)) return 'holds a control character';
  if (DAMAGED.test(text)) return 'holds a damaged character';
  if (kind === 'TELEPHONE') return telephoneOf(text) ? null : 'is no telephone number';
  if (INVISIBLE.test(text)) return 'holds a character that is invisible';
  if (kind === 'EMAIL') return text.length <= 254 && EMAIL.test(text) ? null : 'is no e-mail address';
  if (SPREADSHEET_ERROR.test(text)) return 'is what a spreadsheet shows for a fault';
  return kind === 'CODE' ? brokenCode(text) : null;
}

function brokenCode(text: string): string | null {
  if (IN_POWERS_OF_TEN.test(text)) return 'was changed by a spreadsheet into a power of ten, its last digits are lost';
  if (WITH_DECIMALS.test(text)) return 'was changed by a spreadsheet into a decimal';
  return /[\p{L}\p{N}]/u.test(text) ? null : 'has neither a letter nor a digit';
}

/**
 * The strings of an input that are not sound, each with its path, e.g. `input.measures[2].measure`. At most ten are told.
 *
 * @param name of the field that has the value
 */
export function unsoundTexts(value: unknown, path: string, name = '', found: Issue[] = []): Issue[] {
  if (found.length >= 10) return found;
  if (typeof value === 'string') {
    const rule = brokenRule(value, textKindOf(name));
    if (rule) found.push({ path, message: rule });
  } else if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) unsoundTexts(part, `${path}[${index}]`, name, found);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    for (const [field, part] of Object.entries(value))
      unsoundTexts(part, path ? `${path}.${field}` : field, field, found);
  }
  return found;
}
