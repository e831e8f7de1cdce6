import type { BoardSettings, Session } from './session.ts';

// OpenID Connect with PKCE: the authorization code comes back to this page, and never a secret.

type Provider = NonNullable<BoardSettings['signIn']>;

interface Discovered {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

const KEY = 'tierline.sign-in';

async function discover({ issuer }: Provider): Promise<Discovered> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`openid-configuration: ${response.status}`);
  return (await response.json()) as Discovered;
}

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const redirectUri = () => location.origin + location.pathname;

/** Goes to the provider, which comes back with a code. */
export async function beginSignIn(provider: Provider): Promise<void> {
  const { authorization_endpoint } = await discover(provider);
  const [verifier, state] = [random(), random()];
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  sessionStorage.setItem(KEY, JSON.stringify({ verifier, state, hash: location.hash }));
  const url = new URL(authorization_endpoint);
  const query = {
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: redirectUri(),
    scope: provider.scope,
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  location.assign(url);
}

/** The session of a code with which the provider came back; null where it did not. */
export async function finishSignIn(provider: Provider): Promise<Session | null> {
  const query = new URLSearchParams(location.search);
  const code = query.get('code');
  const begun = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Record<
    'verifier' | 'state' | 'hash',
    string
  > | null;
  if (!code || !begun) return null;
  sessionStorage.removeItem(KEY);
  history.replaceState(null, '', location.pathname + begun.hash);
  // A code that this page did not ask for is somebody else's.
  if (query.get('state') !== begun.state) throw new Error('state');
  return fetchTokens(provider, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri(),
    code_verifier: begun.verifier,
  });
}

export function renew(provider: Provider, refreshToken: string): Promise<Session> {
  return fetchTokens(provider, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

async function fetchTokens(provider: Provider, form: Readonly<Record<string, string>>): Promise<Session> {
  const { token_endpoint } = await discover(provider);
  const response = await fetch(token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({ client_id: provider.clientId, ...form }),
  });
  if (!response.ok) throw new Error(`token: ${response.status}`);
  const { access_token, refresh_token } = (await response.json()) as { access_token: string; refresh_token?: string };
  return { token: access_token, ...(refresh_token && { refreshToken: refresh_token }) };
}
