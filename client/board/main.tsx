import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Api, ApiContext } from './api.ts';
import { App } from './app.tsx';
import { keepLanguage, type Language, LanguageContext, presentLanguage, saysIn } from './i18n.ts';
import { SignIn } from './screens/sign-in.tsx';
import { type BoardSettings, loadSettings, type Session, signInAs, storedSession, storeSession } from './session.ts';
import { finishSignIn, renew } from './sign-in-provider.ts';

const THEME = 'tierline.theme';

function Page({ settings, first }: { readonly settings: BoardSettings; readonly first: Session | null }) {
  const [language, setLanguage] = useState<Language>(presentLanguage);
  const [session, setSession] = useState(first);
  const { t } = saysIn(language);
  const keep = (next: Session | null) => {
    storeSession(next);
    return next;
  };
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const api = useMemo(() => {
    if (!session) return null;
    const again = async (old: Session) => {
      if (settings.demo && old.number) return keep(await signInAs(old.number)) ?? old;
      if (settings.signIn && old.refreshToken) return keep(await renew(settings.signIn, old.refreshToken)) ?? old;
      throw new Error('sign in again');
    };
    return new Api(session, language, again, () => setSession(keep(null)));
  }, [session, language, settings]);
  const flip = () => {
    const next: Language = language === 'en' ? 'zh' : 'en';
    keepLanguage(next);
    setLanguage(next);
  };
  const controls = (
    <>
      <button type="button" onClick={flip} lang={language === 'en' ? 'zh-CN' : 'en'}>
        {t('language')}
      </button>
      <button type="button" onClick={flipTheme}>
        {t('theme')}
      </button>
      {session && (
        <button type="button" onClick={() => setSession(keep(null))}>
          {t('signOut')}
        </button>
      )}
    </>
  );
  return (
    <LanguageContext.Provider value={language}>
      {api ? (
        <ApiContext.Provider value={api}>
          <App controls={controls} />
        </ApiContext.Provider>
      ) : (
        <>
          <header>
            <span class="name">Tierline</span>
            <div class="controls">{controls}</div>
          </header>
          <main id="main">
            <SignIn settings={settings} pick={async (number) => setSession(keep(await signInAs(number)))} />
          </main>
        </>
      )}
    </LanguageContext.Provider>
  );
}

function showTheme(theme: string | null): void {
  if (theme) document.documentElement.dataset.theme = theme;
}

function flipTheme(): void {
  const isDark = getComputedStyle(document.documentElement).getPropertyValue('--is-dark').trim() === '1';
  const next = isDark ? 'light' : 'dark';
  localStorage.setItem(THEME, next);
  showTheme(next);
}

async function begin(): Promise<void> {
  showTheme(localStorage.getItem(THEME));
  const page = document.querySelector('#page');
  if (!page) return;
  try {
    const settings = await loadSettings();
    const back = settings.signIn ? await finishSignIn(settings.signIn) : null;
    if (back) storeSession(back);
    render(<Page settings={settings} first={back ?? storedSession()} />, page);
  } catch (error) {
    page.textContent = String(error);
  }
}

void begin();
