// What tasks, duties and reports are judged by: late is whatever is not done before its due instant, and who looks then finds it
// missing. What is due at the end of a day (23:59:59) has that second out: it is late when the next day begins. Promises
// of clocks can still be kept at their due instant (server/engine/sla/reading.ts).

const SECOND = 1_000;

/** No zone of our time is ahead of UTC by a part of a quarter of an hour, so a day's last second is a quarter's. */
const QUARTER = 900_000;

/** The first instant at which something is late: its due instant, or that at which the next day begins. */
export function lateFrom(dueAt: Date): Date {
  const due = dueAt.getTime();
  return new Date(due % QUARTER === QUARTER - SECOND ? due + SECOND : due);
}

/** The last instant at which something is done in time. */
export function inTimeUntil(dueAt: Date): Date {
  return new Date(lateFrom(dueAt).getTime() - 1);
}

/** Whether something is late at an instant, or was when it came then. */
export function isLate(dueAt: Date, at: Date): boolean {
  return at >= lateFrom(dueAt);
}
