import { ALERT_KINDS, ROLES } from '../../../platform/values/enums.ts';
import type { RungDeclaration } from '../contract/ladders.ts';
import type { Policy } from '../contract.ts';
import type { Target } from '../promise.ts';

const SETTINGS = ['calendar', 'snooze', 'ours'];

/** What is wrong with the ladders of alerts that a policy declares, each with the place where it is. */
export function ladderProblems({ alerts, calendars = {}, posts = {} }: Policy): string[] {
  if (alerts === undefined) return [];
  const { calendar, snooze, ours: _ours, ...ladders } = alerts;
  const people: readonly string[] = [...ROLES, ...Object.keys(posts)];
  return [
    ...Object.keys(alerts)
      .filter((name) => !SETTINGS.includes(name) && !(ALERT_KINDS as readonly string[]).includes(name))
      .map((name) => `alerts ${name}: it is no kind of alert; there are ${ALERT_KINDS.join(', ')}`),
    ...(calendar === 'always' || Object.hasOwn(calendars, calendar)
      ? []
      : [`alerts calendar: it names the calendar ${String(calendar)}, which is not declared`]),
    ...(snooze === undefined ? [] : timeProblems(snooze).map((problem) => `alerts snooze: ${problem}`)),
    ...Object.entries(ladders).flatMap(([kind, rungs]) =>
      rungs.length === 0
        ? [`alerts ${kind}: its ladder has no rung`]
        : rungs.flatMap((rung, index) =>
            rungProblems(rung, index === rungs.length - 1, people).map(
              (problem) => `alerts ${kind} rung ${index + 1}: ${problem}`,
            ),
          ),
    ),
  ];
}

function rungProblems({ to, within }: RungDeclaration, isLast: boolean, people: readonly string[]): string[] {
  const whom = typeof to === 'string' ? to : to?.role;
  const where = typeof to === 'string' ? undefined : to?.where;
  return [
    ...(whom === 'owner' && typeof to === 'string'
      ? []
      : people.includes(whom)
        ? []
        : [`it tells ${String(whom)}, which is neither owner, nor a role, nor a post that is declared`]),
    ...(where === undefined || where === 'SAME_BRANCH' || where === 'LINE'
      ? []
      : [`its place is ${String(where)}, which is none of SAME_BRANCH, LINE`]),
    ...(isLast && within ? ['it is the last one and climbs no further, so it has no time'] : []),
    ...(!isLast && !within ? ['it does not say within which time somebody takes it, so it would never climb'] : []),
    ...(within ? timeProblems(within) : []),
  ];
}

function timeProblems(time: Target): string[] {
  return time.kind === 'DURATION' && Number.isFinite(time.minutes) && time.minutes > 0
    ? []
    : ['its time is no number of minutes or hours above zero'];
}
