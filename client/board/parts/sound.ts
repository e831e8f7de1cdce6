let context: AudioContext | null = null;

/** A browser lets a page sound only after a click: this is called from one. */
export function allowSound(isAllowed: boolean): void {
  if (isAllowed) context ??= new AudioContext();
  else {
    void context?.close();
    context = null;
  }
}

/** Two short tones; the graver the alert, the higher. */
export function sound(severity: string): void {
  if (!context) return;
  const pitch = { CRITICAL: 880, WARNING: 660 }[severity] ?? 440;
  for (const [index, start] of [0, 0.18].entries()) {
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = pitch * (index === 0 ? 1 : 1.25);
    volume.gain.value = 0.15;
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + start);
    tone.stop(context.currentTime + start + 0.14);
  }
}
