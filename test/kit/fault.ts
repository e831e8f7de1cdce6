/**
 * Faults such as people make, one in each copy of our own plugins: a text is replaced, the kit has to find it and to name
 * the place.
 */
export interface Fault {
  readonly it: string;
  readonly plugin: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A piece of the sentence: where it is wrong. */
  readonly place: RegExp;
}

export const bank = (it: string, file: string, from: string, to: string, place: RegExp): Fault => ({
  it,
  plugin: 'bank-vip',
  file,
  from,
  to,
  place,
});
export const telecom = (...[it, file, ...rest]: Parameters<typeof bank>): Fault => ({
  ...bank(it, file, ...rest),
  plugin: 'telecom-vip',
});
export const broadband = (...[it, file, ...rest]: Parameters<typeof bank>): Fault => ({
  ...bank(it, file, ...rest),
  plugin: 'broadband-key-account',
});
