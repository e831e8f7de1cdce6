import { expect, test } from 'vitest';
import { MEETING, meetingState, RESOLUTION } from '../../server/domain/meetings/meeting-states.ts';
import { answersIn } from '../support/moves.ts';

test.each([
  { minutesAt: null, says: { explain: 'HELD', fileMinutes: 'FILED' } },
  { minutesAt: new Date('2026-03-02T10:00:00Z'), says: { explain: 'MINUTES_FILED', fileMinutes: 'MINUTES_FILED' } },
])('what a meeting takes whose minutes were filed: $minutesAt', ({ minutesAt, says }) => {
  expect(answersIn(MEETING, meetingState({ minutesAt }))).toEqual(says);
});

test.each([
  { state: 'OPEN', says: { assign: 'OPEN', complete: 'DONE' } },
  { state: 'DONE', says: { assign: 'RESOLUTION_DONE', complete: 'RESOLUTION_DONE' } },
] as const)('what a resolution that is $state takes', ({ state, says }) => {
  expect(answersIn(RESOLUTION, state)).toEqual(says);
});
