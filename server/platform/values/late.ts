// One rule for whatever has a due instant: done at that instant is in time, a millisecond later it is late, and nobody is told
// of lateness before. What is due at the end of a day (23:59:59) has that second out: it is late when the next day begins.

const SECOND = 1_000;

/** No zone of our time is ahead of UTC by a part of a quarter of an hour, so a day's last second is a quarter's. */
const QUARTER = 900_000;

/** The first instant at which something is late. Epoch milliseconds, UTC. */
export function lateFromMs(dueAt: number): number {
  return dueAt + (endsDay(dueAt) ? SECOND : 1);
}

/** Whether an instant may be a day's last second in some zone. */
function endsDay(at: number): boolean {
  return at % QUARTER === QUARTER - SECOND;
}

/** The first instant at which something is late. */
export function lateFrom(dueAt: Date): Date {
  return new Date(lateFromMs(dueAt.getTime()));
}

/** The last instant at which something is done in time: the due instant itself, or the last one of its day. */
export function inTimeUntil(dueAt: Date): Date {
  return new Date(lateFromMs(dueAt.getTime()) - 1);
}

/** From when on something that is not there yet is said to be missing: at the due instant, or when the next day begins. */
export function missingFrom(dueAt: Date): Date {
  return endsDay(dueAt.getTime()) ? lateFrom(dueAt) : dueAt;
}

/** Whether something is late at an instant, or was when it came then. */
export function isLate(dueAt: Date, at: Date): boolean {
  return at.getTime() >= lateFromMs(dueAt.getTime());
}
