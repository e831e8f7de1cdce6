import { useEffect, useState } from 'preact/hooks';
import { useApi } from '../api.ts';
import { useWords } from '../i18n.ts';

/** One timer for all countdowns of the page. */
const ticks = new Set<() => void>();
setInterval(() => {
  for (const tick of ticks) tick();
}, 1_000);

/** The server's time, again each second. */
export function useServerNow(): number {
  const api = useApi();
  const [, setCount] = useState(0);
  useEffect(() => {
    const tick = () => setCount((count) => count + 1);
    ticks.add(tick);
    return () => void ticks.delete(tick);
  }, []);
  return Date.now() + api.ahead;
}

/** "1:05:09", or "2 d 03:10" of more than a day. */
export function span(ms: number, days: (count: number) => string): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const [day, hour, minute, second] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const two = (number: number) => String(number).padStart(2, '0');
  if (day > 0) return `${days(day)} ${two(hour)}:${two(minute)}`;
  return `${hour}:${two(minute)}:${two(second)}`;
}

/** What is left until an instant, by the server's clock. */
export function Countdown({ to }: { readonly to: string }) {
  const { t, language, instant } = useWords();
  const left = Date.parse(to) - useServerNow();
  const text = span(left, (count) => (language === 'zh' ? `${count} 天` : `${count} d`));
  // Read out when it is looked at, and not each second.
  return (
    <time class={left < 0 ? 'countdown late' : 'countdown'} dateTime={to} title={`${t('due')} ${instant(to)}`}>
      {t(left < 0 ? 'late' : 'left', { time: text })}
    </time>
  );
}
