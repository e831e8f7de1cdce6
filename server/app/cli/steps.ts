/** Somebody who waits hears something at least so often, in milliseconds. */
const SIGN_OF_LIFE_MS = 1_800;

/** Says which step of a start is under way, and, where one takes long, that it still is. */
export class Steps {
  readonly #print: (line: string) => void;
  #step = '';
  #began = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  begin(step: string): void {
    this.#step = step;
    this.#began = performance.now();
    this.#print(`  ${step} ...`);
    this.#timer ??= setInterval(() => {
      const seconds = Math.round((performance.now() - this.#began) / 1_000);
      if (seconds >= 1) this.#print(`  ... ${this.#step.toLowerCase()}, ${seconds} s`);
    }, SIGN_OF_LIFE_MS);
  }

  end(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }
}
