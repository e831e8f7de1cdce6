/** The end of a stream, and the one wait that it can be in. */
export class Stop {
  stopped = false;
  readonly #cleanups: (() => void)[] = [];
  #raised = false;
  #waits: 'INTERRUPT' | 'PROMISE' | undefined;
  #endWait: (() => void) | undefined;

  /** Lets go of something when the stream ends; at once when it has. */
  whenOver(cleanup: () => void): void {
    if (this.stopped) cleanup();
    else this.#cleanups.push(cleanup);
  }

  /** Ends the stream, whatever it waits for; everything that it held is let go. */
  now(): void {
    if (this.stopped) return;
    this.stopped = true;
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#endWait?.();
  }

  /** From here on an interruption counts. */
  rearm(): void {
    this.#raised = false;
  }

  /** Ends `interrupted`, also one that comes later. */
  interrupt(): void {
    this.#raised = true;
    if (this.#waits === 'INTERRUPT') this.#endWait?.();
  }

  async interrupted(): Promise<void> {
    if (this.#raised || this.stopped) return;
    await this.#wait('INTERRUPT', () => {});
  }

  /** What the promise gives, or undefined when the stream ends first. No trace of the wait is left on either side. */
  async orEnd<T>(promise: Promise<T>): Promise<T | undefined> {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    // Not Promise.race: against one long promise it would gather a reaction for every event of the stream.
    await this.#wait('PROMISE', (end) => {
      promise.then(
        (value) => {
          outcome = { value };
          end();
        },
        (error: unknown) => {
          outcome = { error };
          end();
        },
      );
    });
    if (outcome === undefined || this.stopped) return undefined;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  #wait(kind: 'INTERRUPT' | 'PROMISE', begin: (end: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#waits = kind;
      const end = () => {
        if (this.#endWait === end) {
          this.#endWait = undefined;
          this.#waits = undefined;
        }
        resolve();
      };
      this.#endWait = end;
      begin(end);
      if (this.stopped) end();
    });
  }
}
