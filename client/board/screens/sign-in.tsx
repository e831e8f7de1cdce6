import { useState } from 'preact/hooks';
import { useWords } from '../i18n.ts';
import type { BoardSettings } from '../session.ts';
import { beginSignIn } from '../sign-in-provider.ts';

/** Who looks: in the demo a picker of its people, in production the organisation's own sign-in. */
export function SignIn({ settings, pick }: { readonly settings: BoardSettings; pick(number: string): Promise<void> }) {
  const { t, language } = useWords();
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = (work: Promise<void>) => void work.catch((error: Error) => setProblem(error.message));
  const { demo, signIn } = settings;
  return (
    <section class="sign-in" aria-label={t('signIn')}>
      <h1>{t(demo ? 'whoAreYou' : 'signIn')}</h1>
      {demo && <p>{t('demoNote')}</p>}
      {demo && (
        <ul class="people">
          {demo.people.map(({ number, name, title }) => (
            <li key={number}>
              <button type="button" onClick={() => attempt(pick(number))} data-person={number}>
                <b>{name}</b> <span>{title[language]}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {!demo && signIn && (
        <button type="button" class="take" onClick={() => attempt(beginSignIn(signIn))}>
          {t('signIn')}
        </button>
      )}
      {!demo && !signIn && <p role="alert">{t('noSignIn')}</p>}
      {problem && (
        <p class="problem" role="alert">
          {t('somethingFailed', { why: problem })}
        </p>
      )}
    </section>
  );
}
