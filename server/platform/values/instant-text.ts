import type { Text } from './text.ts';

const formats = new Map<string, Readonly<Record<'en' | 'zh', Intl.DateTimeFormat>>>();

function formatsOf(timeZone: string) {
  let known = formats.get(timeZone);
  if (!known) {
    const options = {
      timeZone,
      year: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    } as const;
    known = {
      en: new Intl.DateTimeFormat('en-GB', { ...options, month: 'long' }),
      zh: new Intl.DateTimeFormat('zh-CN', { ...options, month: 'long' }),
    };
    formats.set(timeZone, known);
  }
  return known;
}

/**
 * An instant as a sentence has it: in the zone of the business line, to the minute, which is not rounded up: what is due at the end
 * of a day is not due on the next one. E.g. `2 March 2026, 18:30` and `2026年3月2日 18:30`.
 */
export function instantText(instant: Date, timeZone: string): Text {
  const { en, zh } = formatsOf(timeZone);
  const part = (format: Intl.DateTimeFormat) => {
    const found = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    return (type: Intl.DateTimeFormatPartTypes) => found.get(type) ?? '';
  };
  const [english, chinese] = [part(en), part(zh)];
  const time = `${english('hour')}:${english('minute')}`;
  return {
    en: `${english('day')} ${english('month')} ${english('year')}, ${time}`,
    zh: `${chinese('year')}年${chinese('month').replace(/月?$/, '月')}${chinese('day')}日 ${time}`,
  };
}
