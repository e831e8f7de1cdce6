import { expect, test } from 'vitest';
import { declarationProblems } from '../../server/engine/policy/declaration/check-declaration.ts';
import { referencePage } from '../../server/engine/policy-kit/docs/page.ts';
import ladder from '../alerts/plugins/ladder.ts';

/** The test line with other ladders, as a plugin in plain JavaScript may bring them. */
function withAlerts(alerts: string) {
  return { ...ladder, alerts: JSON.parse(alerts) };
}

const TEN = '{"kind":"DURATION","minutes":10}';

test.each([
  {
    it: 'a kind that there is none of',
    alerts: `{"SLA_BROKEN":[{"to":"owner"}],"calendar":"duty"}`,
    says: 'ladder: alerts SLA_BROKEN: it is no kind of alert',
  },
  {
    it: 'a calendar that is not declared',
    alerts: `{"SLA_BREACHED":[{"to":"owner"}],"calendar":"night"}`,
    says: 'ladder: alerts calendar: it names the calendar night',
  },
  {
    it: 'a ladder without a rung',
    alerts: `{"SLA_BREACHED":[],"calendar":"duty"}`,
    says: 'ladder: alerts SLA_BREACHED: its ladder has no rung',
  },
  {
    it: 'somebody whom there is not',
    alerts: `{"SLA_BREACHED":[{"to":"BOSS"}],"calendar":"duty"}`,
    says: 'ladder: alerts SLA_BREACHED rung 1: it tells BOSS',
  },
  {
    it: 'a place that there is not',
    alerts: `{"SLA_BREACHED":[{"to":{"role":"DIRECTOR","where":"MOON"}}],"calendar":"duty"}`,
    says: 'ladder: alerts SLA_BREACHED rung 1: its place is MOON',
  },
  {
    it: 'a rung that never climbs',
    alerts: `{"SLA_BREACHED":[{"to":"owner"},{"to":"DIRECTOR"}],"calendar":"duty"}`,
    says: 'ladder: alerts SLA_BREACHED rung 1: it does not say within which time',
  },
  {
    it: 'a last rung with a time',
    alerts: `{"SLA_BREACHED":[{"to":"owner","within":${TEN}}],"calendar":"duty"}`,
    says: 'ladder: alerts SLA_BREACHED rung 1: it is the last one',
  },
  {
    it: 'a time of nothing',
    alerts: `{"SLA_BREACHED":[{"to":"owner","within":{"kind":"DURATION","minutes":0}},{"to":"DIRECTOR"}],"calendar":"duty"}`,
    says: 'ladder: alerts SLA_BREACHED rung 1: its time is no number',
  },
  {
    it: 'a snooze until the evening',
    alerts: `{"SLA_BREACHED":[{"to":"owner"}],"calendar":"duty","snooze":{"kind":"END_OF_DAY","days":0}}`,
    says: 'ladder: alerts snooze: its time is no number',
  },
])('$it is said with its place when a policy is loaded', ({ alerts, says }) => {
  const problems = declarationProblems(withAlerts(alerts));
  expect(problems).toEqual([expect.stringContaining(says)]);
});

test('a ladder that is in order has nothing against it, and stands in the policy’s page', () => {
  expect(declarationProblems(ladder)).toEqual([]);
  expect(referencePage(ladder)).toContain(
    '| `SLA_BREACHED` | `owner` for 10 minutes, then `SUPERVISOR` of the same branch for 20 minutes, then `DIRECTOR` |',
  );
});
