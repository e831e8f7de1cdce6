import type { TicketScreenQuery } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { Countdown } from './countdown.tsx';

type Clock = NonNullable<TicketScreenQuery['ticket']>['clocks'][number];

/** A promise with its proof: every stretch of time since the start, as wide as it is long, and the due instant. */
export function ClockBar({ clock, now }: { readonly clock: Clock; readonly now: number }) {
  const { t, code, instant } = useWords();
  const segments = clock.explanation?.segments ?? [];
  const begins = Date.parse(clock.startedAt);
  const due = Date.parse(clock.dueAt);
  const ends = Math.max(due, now, begins + 1);
  const at = (instantMs: number) => ((instantMs - begins) / (ends - begins)) * 100;
  const isOpen =
    clock.state === 'RUNNING' || clock.state === 'PAUSED' || (clock.state === 'BREACHED' && !clock.fulfilledAt);
  return (
    <article class={`clock ${clock.state.toLowerCase()}`}>
      <h3>
        {clock.label} <span class="state">{code(clock.state)}</span> {isOpen && <Countdown to={clock.dueAt} />}
      </h3>
      <svg class="proof" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        {segments.map(({ from, to, counted, cause }) => (
          <rect
            key={from}
            class={counted ? 'counted' : `idle ${cause.toLowerCase()}`}
            x={at(Date.parse(from))}
            width={Math.max(0.2, at(Date.parse(to)) - at(Date.parse(from)))}
            y="1"
            height="8"
          />
        ))}
        <rect class="due" x={Math.min(99.6, at(due))} width="0.4" y="0" height="10" />
      </svg>
      <p>{clock.because}</p>
      <p class="facts">
        <span>{instant(clock.startedAt)}</span>
        <span>
          {t('due')} {instant(clock.dueAt)}
        </span>
        <span>{Math.round(clock.percentConsumed)} %</span>
        <span>{clock.calendar.label}</span>
      </p>
      {segments.length > 0 && (
        <details>
          <summary>{t('proof', { count: segments.length })}</summary>
          <ol class="segments">
            {segments.map(({ from, to, counted, because }) => (
              <li key={from}>
                <span>{`${instant(from)} – ${instant(to)}`}</span> <b>{t(counted ? 'counted' : 'notCounted')}</b>{' '}
                <span>{because}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </article>
  );
}
