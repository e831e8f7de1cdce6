import type { RungDeclaration } from '../../policy/contract/ladders.ts';
import type { Policy } from '../../policy/contract.ts';
import type { Target } from '../../policy/promise.ts';
import { code, section, table } from './markdown.ts';

const PLACES = { SAME_BRANCH: 'of the same branch', LINE: 'of the head office' } as const;

/** The ladders of alerts: whom each rung tells, and within which time. */
export function alertLadders({ alerts }: Policy): string[] {
  if (!alerts) return [];
  const { calendar, snooze, ours, ...ladders } = alerts;
  const rows = Object.entries(ladders).map(([kind, rungs]) => [code(kind), rungs.map(rungText).join(', then ')]);
  return [
    section(2, 'Alerts that nobody takes'),
    `Minutes count on ${code(calendar)}${ours ? '; they are ours' : ''}.${snooze ? ` An alert is snoozed for at most ${timeText(snooze)}, and never past its rung.` : ''}`,
    table(['alert', 'is told to'], rows),
  ];
}

function rungText({ to, within }: RungDeclaration): string {
  const whom = typeof to === 'string' ? code(to) : `${code(to.role)} ${PLACES[to.where]}`;
  return within ? `${whom} for ${timeText(within)}` : whom;
}

function timeText(time: Target): string {
  return time.kind === 'DURATION' ? `${time.minutes} minutes` : time.kind;
}
