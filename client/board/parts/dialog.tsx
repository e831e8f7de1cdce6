import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useWords } from '../i18n.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'number' | 'check' | 'instant' | 'choice';
  readonly isNeeded?: boolean;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

/** Asks for what a command needs; it stays open and says why where the command is refused. */
export function CommandDialog({
  title,
  fields,
  run,
  onClose,
  children,
}: {
  readonly title: string;
  readonly fields: readonly Field[];
  /** @returns why it was refused; null where it was done */
  run(values: Readonly<Record<string, string>>): Promise<string | null>;
  onClose(): void;
  readonly children?: ComponentChildren;
}) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    const refused = await run(Object.fromEntries([...form].map(([name, value]) => [name, String(value)])));
    setBusy(false);
    setProblem(refused);
    if (refused === null) onClose();
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="dialog-title">
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="dialog-title">{title}</h2>
        {children}
        {fields.map((field) => (
          <label key={field.name} htmlFor={`field-${field.name}`} class={field.kind === 'check' ? 'check' : ''}>
            {field.label}
            <Input field={field} />
          </label>
        ))}
        {problem && (
          <p class="problem" role="alert">
            {t('somethingFailed', { why: problem })}
          </p>
        )}
        <p class="buttons">
          <button type="submit" class="take" disabled={isBusy}>
            {t('send')}
          </button>
          <button type="button" onClick={onClose}>
            {t('cancel')}
          </button>
        </p>
      </form>
    </dialog>
  );
}

function Input({ field: { name, kind, isNeeded = false, choices = [] } }: { readonly field: Field }) {
  const id = `field-${name}`;
  if (kind === 'check') return <input type="checkbox" id={id} name={name} value="true" />;
  if (kind === 'number') return <input type="number" id={id} name={name} required={isNeeded} min={1} />;
  if (kind === 'instant') return <input type="datetime-local" id={id} name={name} required={isNeeded} />;
  if (kind === 'choice')
    return (
      <select id={id} name={name} required={isNeeded}>
        {choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    );
  return <textarea id={id} name={name} rows={3} required={isNeeded} />;
}
