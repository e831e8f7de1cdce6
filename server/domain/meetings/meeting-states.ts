import type { Meeting } from '../../../prisma/generated/client/client.ts';
import type { ResolutionState } from '../../../prisma/generated/client/enums.ts';
import type { MoveTable } from '../../engine/services/move-table.ts';
import { refuse } from '../../platform/values/refusals.ts';

export type MeetingState = 'HELD' | 'FILED';

/** A meeting is filed with its minutes. */
export function meetingState({ minutesAt }: Pick<Meeting, 'minutesAt'>): MeetingState {
  return minutesAt ? 'FILED' : 'HELD';
}

const minutesFiled = () => refuse('MINUTES_FILED');

/**
 * The moves of a meeting: it is held, hears what was not executed by then, and is filed with its minutes; then nothing is added to it.
 *
 *     hold ─> HELD ── file minutes ─> FILED
 *              └ explain
 */
export const MEETING = {
  hold: { from: [], to: 'HELD', by: 'holdMeeting' },
  explain: { from: ['HELD'], to: null, by: 'holdMeeting', otherwise: minutesFiled },
  fileMinutes: { from: ['HELD'], to: 'FILED', by: 'holdMeeting', otherwise: minutesFiled },
} as const satisfies MoveTable<MeetingState>;

const resolutionDone = () => refuse('RESOLUTION_DONE');

/** The moves of a resolution: it gets an owner, or another one, until it is executed, by its own command or by its owner's task. */
export const RESOLUTION = {
  pass: { from: [], to: 'OPEN', by: 'holdMeeting' },
  assign: { from: ['OPEN'], to: null, by: 'holdMeeting', otherwise: resolutionDone },
  complete: { from: ['OPEN'], to: 'DONE', by: 'holdMeeting', otherwise: resolutionDone },
} as const satisfies MoveTable<ResolutionState>;
