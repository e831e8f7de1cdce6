/** A setting that production needs is missing or is one that production refuses; the message names it. */
export class SettingsError extends Error {}
