import { useEffect, useMemo, useState } from 'preact/hooks';
import { useApi, useScreen } from '../api.ts';
import { type AlertFilter, type BoardAlertFragment, BoardScreenDocument } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { useAlerts } from '../live.ts';
import { AlertCard, isInHand } from '../parts/alert-card.tsx';
import { Connection } from '../parts/connection.tsx';
import { Figures } from '../parts/figures.tsx';
import { Filters, filterOf } from '../parts/filters.tsx';
import { sound } from '../parts/sound.ts';

/** Figures, and who has which alert, are read again so often, in milliseconds. */
const EVERY_MS = 10_000;

const SEVERITIES = ['CRITICAL', 'WARNING', 'INFO'] as const;

/** Milliseconds for which an alert is marked as new. */
const FRESH_MS = 8_000;

/** The duty officer's board: what waits, by severity, and what is in hand. */
export function Board({ query, isWall }: { readonly query: URLSearchParams; readonly isWall: boolean }) {
  const { t, code } = useWords();
  const api = useApi();
  const filter = useMemo(() => filterOf(query), [query]);
  const { data, error, reload } = useScreen(BoardScreenDocument, variablesOf(filter), EVERY_MS);
  const [said, setSaid] = useState('');
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const onRaised = (alert: BoardAlertFragment) => {
    sound(alert.severity);
    setSaid(t('newAlert', { message: alert.message }));
    setMarked((before) => new Set([...before, alert.id]));
    setTimeout(() => setMarked((before) => new Set([...before].filter((id) => id !== alert.id))), FRESH_MS);
    void reload();
  };
  const newest = data?.newest?.nodes;
  const after = newest === undefined ? undefined : (newest[0]?.cursor ?? null);
  const { status, fresh, changed, retryNow } = useAlerts(filter, after, { onRaised, onGap: () => void reload() });
  useEffect(() => {
    if (status.state === 'LIVE') void reload();
  }, [status.state, reload]);
  if (!data) return <p role={error ? 'alert' : 'status'}>{error ?? t('loading')}</p>;
  const mayTake = data.viewer.permissions.includes('ACKNOWLEDGE_ALERT');
  const maySnooze = data.viewer.permissions.includes('SNOOZE_ALERT');
  const lists = { CRITICAL: data.critical, WARNING: data.warning, INFO: data.info } as const;
  const listed = [...SEVERITIES.flatMap((severity) => lists[severity]?.nodes ?? []), ...(data.inHand?.nodes ?? [])];
  // What came after the last look at the list stands before it, and what became of an alert is newer than the list.
  const alerts = [...new Map([...fresh, ...listed].map((alert) => [alert.id, changed.get(alert.id) ?? alert])).values()]
    .filter(({ endedAt }) => !endedAt)
    .toSorted((one, other) => other.raisedAt.localeCompare(one.raisedAt));
  // What is put off stands behind what waits.
  const waiting = alerts
    .filter(({ acknowledgement }) => !acknowledgement)
    .toSorted((one, other) => Number(Boolean(one.snooze)) - Number(Boolean(other.snooze)));
  const inHand = alerts.filter((alert) => isInHand(alert, Date.now() + api.ahead));
  const card = (alert: BoardAlertFragment) => (
    <AlertCard
      key={alert.id}
      alert={alert}
      isNew={marked.has(alert.id)}
      mayTake={mayTake && !isWall}
      maySnooze={maySnooze && !isWall}
      onTaken={(problem) => {
        setSaid(problem ?? '');
        void reload();
      }}
    />
  );
  return (
    <>
      <div class="bar">
        <Connection status={status} retryNow={retryNow} />
        {!isWall && <Filters data={data} query={query} />}
      </div>
      <p class="said" role="status" aria-live="polite">
        {said}
      </p>
      {data.slaSummary && <Figures summary={data.slaSummary} />}
      <div class="columns">
        {SEVERITIES.map((severity) => {
          const some = waiting.filter((alert) => alert.severity === severity);
          const list = lists[severity];
          const hidden = (list?.totalCount ?? 0) - (list?.nodes.length ?? 0);
          return (
            <section key={severity} aria-label={code(severity)} class={severity.toLowerCase()}>
              <h2>
                {code(severity)} <span class="count">{some.length + hidden}</span>
              </h2>
              {some.length === 0 ? <p class="empty">{t('nothing')}</p> : <ul class="cards">{some.map(card)}</ul>}
              {hidden > 0 && <p class="empty">{t('moreAlerts', { count: hidden })}</p>}
            </section>
          );
        })}
        <section aria-label={t('inHand')} class="in-hand">
          <h2>
            {t('inHand')} <span class="count">{inHand.length}</span>
          </h2>
          {inHand.length === 0 ? <p class="empty">{t('nothing')}</p> : <ul class="cards">{inHand.map(card)}</ul>}
        </section>
      </div>
    </>
  );
}

function variablesOf(filter: AlertFilter) {
  const { policyId, branchIds } = filter;
  const waiting = { ...filter, unacknowledged: true };
  return {
    filter,
    critical: { ...waiting, severities: ['CRITICAL' as const] },
    warning: { ...waiting, severities: ['WARNING' as const] },
    info: { ...waiting, severities: ['INFO' as const] },
    inHand: { ...filter, acknowledged: true, open: true },
    summary: { ...(policyId && { policyId }), ...(branchIds && { branchIds }) },
    first: 25,
  };
}
