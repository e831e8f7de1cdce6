import { setTimeout as sleep } from 'node:timers/promises';
import { type FollowOptions, type FollowStatus, followAlerts } from '../../client/index.ts';

export const document = `subscription ($after: String, $digest: Duration) { slaAlerts(after: $after, digest: $digest) { __typename
  ... on AlertRaised { cursor prevCursor alert { id } }
  ... on AlertDigest { cursor prevCursor alertIds count }
  ... on Bookmark { cursor prevCursor caughtUp }
  ... on Discontinuity { cursor reason } } }`;

export const uuid = (globalId: string) => Buffer.from(globalId, 'base64').toString().slice(6);

/** Follows and keeps what it is told. */
export function watch(
  options: Omit<FollowOptions<{ id: string }>, 'document' | 'onEvent'> & Partial<FollowOptions<{ id: string }>>,
) {
  const ids: string[] = [];
  const statuses: FollowStatus[] = [];
  const following = followAlerts({
    document,
    onEvent: (event) => {
      if (event.__typename === 'AlertRaised') ids.push(uuid(event.alert.id));
      if (event.__typename === 'AlertDigest') ids.push(...event.alertIds.map(uuid));
    },
    onStatus: (status) => statuses.push(status),
    retryMs: () => 50,
    ...options,
  });
  const until = async (isSo: () => boolean) => {
    for (const end = Date.now() + 15_000; !isSo(); await sleep(5))
      if (Date.now() > end) throw new Error(`it was not so: ${isSo}, ${JSON.stringify(statuses.at(-1))}`);
  };
  const states = () => statuses.map(({ state }) => state);
  return { ids, statuses, states, following, until, live: () => until(() => states().includes('LIVE')) };
}
