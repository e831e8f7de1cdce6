/** What was started, in that order. It is stopped in the opposite one, since what starts later may use what is there already. */
export class Lifecycle {
  readonly #parts: { readonly name: string; readonly stop: () => unknown }[] = [];
  readonly #onError: (error: Error) => void;
  #stopping: Promise<void> | null = null;

  /** @param onError hears of parts that could not be stopped; those before them are stopped all the same */
  constructor(onError: (error: Error) => void) {
    this.#onError = onError;
  }

  /** @param stop ends the part; called once */
  started(name: string, stop: () => unknown): void {
    this.#parts.push({ name, stop });
  }

  /** Stops all parts, the last one first; later calls wait for the same end. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      for (const { name, stop } of this.#parts.reverse()) {
        try {
          await stop();
        } catch (cause) {
          this.#onError(new Error(`${name} could not be stopped`, { cause }));
        }
      }
    })();
    return this.#stopping;
  }
}
