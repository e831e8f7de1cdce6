import { useState } from 'preact/hooks';
import { refusalOf, useApi } from '../api.ts';
import { type BoardAlertFragment, SnoozeAlertDocument } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { CommandDialog } from './dialog.tsx';

/** Minutes for which somebody may put an alert off here; the server has the last word. */
const MINUTES = [5, 10, 15, 30, 60] as const;

/** The button that puts an alert off, with the question for how long and why. */
export function SnoozeButton({ alert, onDone }: { readonly alert: BoardAlertFragment; onDone(): void }) {
  const { t, time } = useWords();
  const api = useApi();
  const [isOpen, setOpen] = useState(false);
  const now = Date.now() + api.ahead;
  const latest = alert.climbsAt ? Date.parse(alert.climbsAt) : Number.POSITIVE_INFINITY;
  const ends = MINUTES.map((minutes) => now + minutes * 60_000).filter((end) => end < latest);
  if (Number.isFinite(latest) && latest > now) ends.push(latest);
  const choices = ends.map((end) => {
    const value = new Date(end).toISOString();
    return { value, label: time(value) };
  });
  if (choices.length === 0) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {t('snooze')}
      </button>
      {isOpen && (
        <CommandDialog
          title={t('snooze')}
          fields={[
            { name: 'until', label: t('until'), kind: 'choice', isNeeded: true, choices },
            { name: 'reason', label: t('reason'), kind: 'text', isNeeded: true },
          ]}
          run={async ({ until = '', reason = '' }) => {
            const refused = refusalOf(await api.send(SnoozeAlertDocument, { input: { id: alert.id, until, reason } }));
            if (refused === null) onDone();
            return refused;
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
