import type { PolicyImpactQuery } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';

const WIDTH = 100;

/** What other parameters would change: numbers, and how many customers would move from tier to tier. */
export function Impact({
  impact: { grades, tickets, tasks, sample },
}: {
  readonly impact: NonNullable<PolicyImpactQuery['policyImpact']>;
}) {
  const { t } = useWords();
  const most = Math.max(1, ...grades.moves.map(({ count }) => count));
  const numbers = {
    promoted: grades.promoted,
    demoted: grades.demoted,
    unchanged: grades.unchanged,
    undecided: grades.undecided,
    deadlinesMoved: tickets.deadlinesMoved,
    breachesCreated: tickets.breachesCreated,
    breachesAvoided: tickets.breachesAvoided,
  } as const;
  return (
    <article class="impact">
      <h3>{t('impact')}</h3>
      <dl class="figures">
        {Object.entries(numbers).map(([key, value]) => (
          <div key={key}>
            <dt>{t(key as keyof typeof numbers)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>{t('contactsPerMonth')}</dt>
          <dd>{`${tasks.contactsPerMonthBefore} → ${tasks.contactsPerMonthAfter}`}</dd>
        </div>
      </dl>
      <ul class="plain">
        {grades.moves.map(({ from, to, count }) => (
          <li key={`${from?.code} ${to?.code}`} class="move">
            <span>{`${from?.code ?? '–'} → ${to?.code ?? '–'}`}</span>
            <svg viewBox={`0 0 ${WIDTH} 8`} preserveAspectRatio="none" aria-hidden="true">
              <rect width={(count / most) * WIDTH} height="8" />
            </svg>
            <b>{count}</b>
          </li>
        ))}
      </ul>
      <ul class="plain">
        {sample.map(({ customer, from, to, because }) => (
          <li key={customer.id}>
            <a href={`#/customer/${customer.id}`}>{customer.number}</a> {`${from?.code ?? '–'} → ${to?.code ?? '–'}`}{' '}
            {because}
          </li>
        ))}
      </ul>
    </article>
  );
}
