/**
 * The same values in the same order, up to `depth` of them asked for before they are taken, so that work on each can
 * begin together (`onCome`): statements for many alerts become one.
 *
 * `return()` ends the source at once; what was read ahead is dropped.
 */
export async function* readAhead<T>(
  source: AsyncGenerator<T, void, void>,
  depth: number,
  onCome: (value: T) => void,
): AsyncGenerator<T, void, void> {
  const coming: Promise<IteratorResult<T, void>>[] = [];
  const ask = () => {
    const next = source.next().then((result) => {
      if (!result.done) onCome(result.value);
      return result;
    });
    // Whoever takes it hears of a failure; until then nobody does.
    next.catch(() => undefined);
    coming.push(next);
  };
  try {
    for (;;) {
      while (coming.length < depth) ask();
      const result = await coming.shift();
      if (!result || result.done) return;
      yield result.value;
    }
  } finally {
    await source.return();
  }
}
