/** Says at every whole multiple of a period, by the clock, that a Bookmark is due. */
export class BookmarkTimer {
  /** Set by the beat, and taken back by whoever has sent the Bookmark. */
  due = false;
  readonly #everyMs: number;
  readonly #wake: () => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param everyMs milliseconds between two beats
   * @param wake hears of each
   */
  constructor(everyMs: number, wake: () => void) {
    this.#everyMs = everyMs;
    this.#wake = wake;
    this.#arm();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    // Reckoned anew each time, so that a clock that jumps moves the beat and nothing more.
    this.#timer = setTimeout(
      () => {
        this.due = true;
        this.#arm();
        this.#wake();
      },
      this.#everyMs - (Date.now() % this.#everyMs),
    ).unref();
  }
}
