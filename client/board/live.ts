import { useEffect, useRef, useState } from 'preact/hooks';
import { type FollowStatus, followAlerts } from '../index.ts';
import { socketUrl, textOf, useApi } from './api.ts';
import { type AlertFilter, type BoardAlertFragment, BoardAlertsDocument } from './generated/operations.ts';

export interface Live {
  readonly status: FollowStatus;
  /** Alerts that came while one looks, the newest first. */
  readonly fresh: readonly BoardAlertFragment[];
  /** Alerts of which something became since, by id, as they are now: taken, climbed, put off, over. */
  readonly changed: ReadonlyMap<string, BoardAlertFragment>;
  retryNow(): void;
}

/** Alerts kept beside what the screen loads. */
const KEPT = 200;

/**
 * Follows alerts from a cursor on for as long as the screen is open, whatever connections break.
 *
 * @param after where the screen's own list ends; undefined while it is not known yet
 * @param onRaised told of each that is new to the eye: what is caught up with is silent
 * @param onGap told when the list has to be read anew
 */
export function useAlerts(
  filter: AlertFilter,
  after: string | null | undefined,
  { onRaised, onGap }: { onRaised(alert: BoardAlertFragment): void; onGap(): void },
): Live {
  const api = useApi();
  const [status, setStatus] = useState<FollowStatus>({ state: 'CONNECTING' });
  const [fresh, setFresh] = useState<readonly BoardAlertFragment[]>([]);
  const [changed, setChanged] = useState<ReadonlyMap<string, BoardAlertFragment>>(new Map());
  const handlers = useRef({ onRaised, onGap });
  handlers.current = { onRaised, onGap };
  const following = useRef<ReturnType<typeof followAlerts> | null>(null);
  const key = JSON.stringify(filter);
  const isKnown = after !== undefined;
  useEffect(() => {
    if (!isKnown) return undefined;
    setFresh([]);
    setChanged(new Map());
    const one = followAlerts<BoardAlertFragment>({
      url: socketUrl(),
      token: api.token,
      document: textOf(BoardAlertsDocument),
      variables: { filter: JSON.parse(key) as AlertFilter },
      after,
      onStatus: setStatus,
      onEvent: (event) => {
        if (event.__typename === 'Discontinuity') handlers.current.onGap();
        if (event.__typename === 'AlertUpdated')
          setChanged((before) => new Map([...before, [event.alert.id, event.alert] as const].slice(-KEPT)));
        if (event.__typename !== 'AlertRaised') return;
        setFresh((before) => [event.alert, ...before].slice(0, KEPT));
        if (event.replayed !== true) handlers.current.onRaised(event.alert);
      },
    });
    following.current = one;
    return () => void one.stop();
    // It begins once, where the first list ended; what comes later it knows by itself.
  }, [api, key, isKnown]);
  return { status, fresh, changed, retryNow: () => following.current?.retryNow() };
}
