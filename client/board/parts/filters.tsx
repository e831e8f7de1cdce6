import { useState } from 'preact/hooks';
import type { AlertFilter, BoardScreenQuery } from '../generated/operations.ts';
import { useWords } from '../i18n.ts';
import { allowSound } from './sound.ts';

/** What the address asks for: it can be kept as a bookmark. */
export function filterOf(query: URLSearchParams): AlertFilter {
  const [policyId, branchId] = [query.get('line'), query.get('branch')];
  return {
    ...(policyId && { policyId }),
    ...(branchId && { branchIds: [branchId] }),
    ...(query.get('mine') && { mine: true }),
  };
}

/** Whose alerts are shown, whether they sound, and the way to the wall. */
export function Filters({ data, query }: { readonly data: BoardScreenQuery; readonly query: URLSearchParams }) {
  const { t } = useWords();
  const [sounds, setSounds] = useState(false);
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value) next.set(name, value);
    else next.delete(name);
    location.hash = `#/board?${next}`;
  };
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <label>
        {t('line')}
        <select value={query.get('line') ?? ''} onChange={({ currentTarget }) => set('line', currentTarget.value)}>
          <option value="">{t('all')}</option>
          {data.viewer.policies.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('branch')}
        <select value={query.get('branch') ?? ''} onChange={({ currentTarget }) => set('branch', currentTarget.value)}>
          <option value="">{t('all')}</option>
          {data.branches?.nodes.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={query.has('mine')}
          onChange={({ currentTarget }) => set('mine', currentTarget.checked ? '1' : '')}
        />
        {t('mine')}
      </label>
      <button
        type="button"
        aria-pressed={sounds}
        onClick={() => {
          allowSound(!sounds);
          setSounds(!sounds);
        }}
      >
        {t('sound')}
      </button>
      <a class="button" href={`#/wall?${query}`}>
        {t('wall')}
      </a>
    </form>
  );
}
