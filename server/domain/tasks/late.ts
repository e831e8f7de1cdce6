/**
 * The instant from which something is late: what is due at the end of a day (23:59:59) is late when the next day begins,
 * anything else from its due instant on.
 */
export function lateFrom(dueAt: Date): Date {
  return dueAt.getTime() % 60_000 === 59_000 ? new Date(dueAt.getTime() + 1_000) : dueAt;
}

/** The last instant at which something is done in time: the due instant itself, or the last one of its day. */
export function inTimeUntil(dueAt: Date): Date {
  const late = lateFrom(dueAt);
  return late > dueAt ? new Date(late.getTime() - 1) : dueAt;
}
