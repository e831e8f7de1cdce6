/**
 * What the language itself gives, made unchangeable in a plugin's thread, before the plugin is loaded: a plugin that writes to a
 * prototype throws where it does so, and what the platform runs beside it stays what it was.
 */

/** Globals of the language and of the platform under it which nobody may replace. */
const NAMES = `
  Object Function Array Number Boolean String Symbol BigInt Math JSON Reflect Proxy Promise Map Set WeakMap
  WeakSet WeakRef FinalizationRegistry Date RegExp Intl Error AggregateError EvalError RangeError ReferenceError
  SyntaxError TypeError URIError ArrayBuffer SharedArrayBuffer DataView Atomics Int8Array Uint8Array
  Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float32Array
  Float64Array parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent
  escape unescape eval structuredClone queueMicrotask
`
  .trim()
  .split(/\s+/);

/** Objects that no global leads to. */
function hidden(): unknown[] {
  const iterators = [
    [][Symbol.iterator](),
    ''[Symbol.iterator](),
    new Map().entries(),
    new Set().values(),
    ''.matchAll(/a/g),
  ];
  return [
    ...iterators.map((iterator) => Object.getPrototypeOf(iterator) as unknown),
    Object.getPrototypeOf(function* () {}),
    Object.getPrototypeOf(async () => {}),
    Object.getPrototypeOf(async function* () {}),
    Object.getPrototypeOf(Int8Array),
  ];
}

/**
 * Prototypes whose properties objects of their own often shadow by assignment, as `point.toString = ...`, which a frozen
 * prototype would refuse.
 */
function shadowed(): readonly object[] {
  const errors = [Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
  return [Object.prototype, Function.prototype, Array.prototype, ...errors.map(({ prototype }) => prototype as object)];
}

/** Freezes what there is. Called once, after the platform's own modules are loaded. */
export function freezeRealm(): void {
  const seen = new Set<object>();
  const open: unknown[] = [...hidden()];
  for (const name of NAMES) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (!descriptor || !('value' in descriptor)) continue;
    open.push(descriptor.value);
    Object.defineProperty(globalThis, name, { ...descriptor, writable: false, configurable: false });
  }
  const mayShadow = new Set(shadowed());
  while (open.length > 0) {
    const one = open.pop();
    if ((typeof one !== 'object' && typeof one !== 'function') || one === null || one === globalThis || seen.has(one))
      continue;
    seen.add(one);
    open.push(Object.getPrototypeOf(one));
    for (const key of Reflect.ownKeys(one)) {
      const descriptor = Object.getOwnPropertyDescriptor(one, key);
      if (!descriptor) continue;
      open.push(descriptor.value, descriptor.get, descriptor.set);
      if (mayShadow.has(one)) letShadow(one, key, descriptor);
    }
  }
  for (const one of seen) Object.freeze(one);
}

/** Lets an assignment to an object that inherits the property make one of its own, as it would if nothing were frozen. */
function letShadow(
  owner: object,
  key: PropertyKey,
  { value, writable, configurable, enumerable }: PropertyDescriptor,
): void {
  if (!writable || !configurable) return;
  Object.defineProperty(owner, key, {
    enumerable: enumerable ?? false,
    configurable: false,
    get: () => value as unknown,
    set(this: unknown, given: unknown) {
      if (this === owner || typeof this !== 'object' || this === null)
        throw new TypeError(`${String(key)} of the language is not a plugin's to change`);
      Object.defineProperty(this, key, { value: given, writable: true, enumerable: true, configurable: true });
    },
  });
}
