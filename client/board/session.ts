// Who is signed in, and with which token. In the demo one picks a person; in production the identity provider says who it is.

export interface DemoPerson {
  readonly number: string;
  readonly name: string;
  readonly title: { readonly en: string; readonly zh: string };
}

/** What the server says of itself to the page. */
export interface BoardSettings {
  readonly demo: { readonly people: readonly DemoPerson[] } | null;
  readonly signIn: { readonly issuer: string; readonly clientId: string; readonly scope: string } | null;
}

const KEY = 'tierline.session';

export interface Session {
  readonly token: string;
  /** In the demo: for whom a new token is asked when this one ends. */
  readonly number?: string;
  readonly refreshToken?: string;
}

export async function loadSettings(): Promise<BoardSettings> {
  const response = await fetch('board/settings.json');
  if (!response.ok) throw new Error(`settings.json: ${response.status}`);
  return (await response.json()) as BoardSettings;
}

/** Of this tab alone: closing it signs out. */
export function storedSession(): Session | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null;
  } catch {
    return null;
  }
}

export function storeSession(session: Session | null): void {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
}

/** @throws {Error} the server knows nobody of this number, or is no demo */
export async function signInAs(number: string): Promise<Session> {
  const response = await fetch('board/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ number }),
  });
  if (!response.ok) throw new Error(`token: ${response.status}`);
  const { token } = (await response.json()) as { token: string };
  return { token, number };
}

/** The instant at which a token ends, epoch milliseconds; null where it does not say. */
export function expiryOf(token: string): number | null {
  try {
    const body = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const { exp } = JSON.parse(body) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : null;
  } catch {
    return null;
  }
}
