import { useEffect, useRef } from 'preact/hooks';
import type { FollowStatus } from '../../index.ts';
import { useWords } from '../i18n.ts';
import { useServerNow } from './countdown.tsx';

/** How the stream stands: a word where all is well, a banner where it is not. */
export function Connection({ status, retryNow }: { readonly status: FollowStatus; retryNow(): void }) {
  const { t, time } = useWords();
  const now = useServerNow();
  const waits = useRef({ since: 0, until: 0 });
  useEffect(() => {
    if (status.state !== 'WAITING') waits.current.since = 0;
    else waits.current = { since: waits.current.since || Date.now(), until: Date.now() + status.retryInMs };
  }, [status]);
  if (status.state === 'FAILED')
    return (
      <p class="banner" role="alert">
        {t('failed', { why: whyOf(status.error) })}
      </p>
    );
  if (status.state === 'WAITING')
    return (
      <p class="banner" role="status">
        {t('offline', {
          time: time(new Date(waits.current.since || now).toISOString()),
          seconds: Math.max(0, Math.ceil((waits.current.until - Date.now()) / 1_000)),
        })}{' '}
        <button type="button" onClick={retryNow}>
          {t('retry')}
        </button>
      </p>
    );
  return (
    <span class={`stream ${status.state.toLowerCase()}`}>{t(status.state === 'LIVE' ? 'live' : 'catchingUp')}</span>
  );
}

function whyOf(error: unknown): string {
  if (Array.isArray(error)) return error.map(whyOf).join('; ');
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
