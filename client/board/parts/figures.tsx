import type { BoardScreenQuery } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';

type Summary = NonNullable<BoardScreenQuery['slaSummary']>;

const SHOWN = ['openTickets', 'onTrack', 'atRisk', 'breached', 'paused'] as const satisfies readonly (keyof Summary)[];

/** Open tickets by how their promises stand. */
export function Figures({ summary }: { readonly summary: Summary }) {
  const { t } = useWords();
  return (
    <dl class="figures">
      {SHOWN.map((key) => (
        <div key={key} class={key}>
          <dt>{t(key)}</dt>
          <dd>{summary[key]}</dd>
        </div>
      ))}
    </dl>
  );
}
