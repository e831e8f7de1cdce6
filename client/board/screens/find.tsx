import { useScreen } from '../api.ts';
import { FindScreenDocument, type FindScreenQuery } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';

/** Customers and tickets by number or words. */
export function Find({ search }: { readonly search: string }) {
  const { t, code } = useWords();
  const { data, error } = useScreen<FindScreenQuery & { serverTime?: string }, { search: string; first: number }>(
    FindScreenDocument,
    { search, first: 20 },
  );
  if (!data) return <p role={error ? 'alert' : 'status'}>{error ?? t('loading')}</p>;
  const [customers, tickets] = [data.customers?.nodes ?? [], data.tickets?.nodes ?? []];
  return (
    <>
      <h1>{t('found')}</h1>
      {customers.length + tickets.length === 0 && <p class="empty">{t('nothing')}</p>}
      <ul class="rows">
        {customers.map((one) => (
          <li key={one.id} class="row">
            <a href={`#/customer/${one.id}`}>
              {one.name} {one.number}
            </a>
            <span>{one.policy.label}</span>
            <span>{one.grade?.tier.label}</span>
          </li>
        ))}
        {tickets.map((one) => (
          <li key={one.id} class="row">
            <a href={`#/ticket/${one.id}`}>
              {one.number} {one.subject}
            </a>
            <span>{code(one.slaState)}</span>
            <span>{code(one.status)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
