import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useWords } from './i18n.ts';
import { Board } from './screens/board.tsx';
import { Customer } from './screens/customer.tsx';
import { Day } from './screens/day.tsx';
import { Find } from './screens/find.tsx';
import { Policies } from './screens/policies.tsx';
import { Ticket } from './screens/ticket.tsx';

/** The address behind the #: which screen, of what, and what it is asked. */
function usePlace() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = () => {
      setHash(location.hash);
      // Whoever goes by the keyboard or listens is at the beginning of the new screen.
      document.querySelector<HTMLElement>('main')?.focus();
    };
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [screen = '', ...rest] = path.split('/');
  return {
    screen: screen || 'board',
    id: rest.length > 0 ? decodeURIComponent(rest.join('/')) : null,
    query: new URLSearchParams(query),
    hash,
  };
}

const TABS = ['board', 'day', 'policies'] as const;

/** The page of somebody who is signed in. */
export function App({ controls }: { readonly controls: ComponentChildren }) {
  const { t } = useWords();
  const { screen, id, query, hash } = usePlace();
  const isWall = screen === 'wall';
  useEffect(() => {
    document.documentElement.classList.toggle('wall', isWall);
  }, [isWall]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>('main')?.focus()}>
        {t('skip')}
      </button>
      <header>
        <a class="name" href="#/board">
          Tierline
        </a>
        {isWall ? (
          <a class="button" href={`#/board?${query}`}>
            {t('leaveWall')}
          </a>
        ) : (
          <>
            <nav aria-label="Tierline">
              {TABS.map((tab) => (
                <a key={tab} href={`#/${tab}`} aria-current={screen === tab ? 'page' : undefined}>
                  {t(tab)}
                </a>
              ))}
            </nav>
            <search>
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  const search = String(new FormData(event.currentTarget).get('search')).trim();
                  if (search) location.hash = `#/find?${new URLSearchParams({ search })}`;
                }}
              >
                <input type="search" name="search" aria-label={t('find')} placeholder={t('find')} />
              </form>
            </search>
            <div class="controls">{controls}</div>
          </>
        )}
      </header>
      <main id="main" tabIndex={-1}>
        {screen === 'ticket' && id ? (
          <Ticket key={id} id={id} />
        ) : screen === 'customer' && id ? (
          <Customer key={id} id={id} />
        ) : screen === 'day' ? (
          <Day />
        ) : screen === 'policies' ? (
          <Policies id={id} />
        ) : screen === 'find' ? (
          <Find key={hash} search={query.get('search') ?? ''} />
        ) : (
          <Board key={query.toString()} query={query} isWall={isWall} />
        )}
      </main>
    </>
  );
}
