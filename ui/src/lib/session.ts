// No React here: who has no session leaves for the provider before the pages are loaded (boot.ts).
// Sign-in by OpenID Connect's code flow with PKCE. Tokens live in this module's memory and nowhere else: a reload signs in
// again, which the provider answers at once while its own session lasts.

/** One OpenID provider, as the server found it described. */
export type Provider = {
  name: string;
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  clientId: string;
  scope: string;
  /** Whether its answers say who gave them (RFC 9207); then they must. */
  namesItself: boolean;
};

export type Settings = { providers: Provider[]; development: boolean };

export type Who = { tenant: string; subject: string; roles: string[] };

type Session = { token: string; refresh?: string; expires: number; who: Who; provider: Provider };
type Pending = { verifier: string; state: string; returnTo: string; provider: Provider; development: boolean };

/** Somebody has to say where he signs in; the page asks. */
export class Choice extends Error {
  constructor(readonly providers: Provider[]) {
    super(providers.length === 0 ? 'The identity provider does not answer. Try again in a minute.' : 'Choose where to sign in.');
  }
}

/** The provider knows somebody to whom nothing here is open. */
export class NoRole extends Error {
  constructor(readonly provider: string) {
    super(`${provider} knows you, but what it says of you opens nothing here. Ask an administrator of your tenant which of its groups you need, then sign in again.`);
  }
}

const PENDING = 'airails.sign-in';
const EARLY_MILLIS = 60_000;

let settings: Settings | undefined;
let development = false;
let session: Session | undefined;
let renewing: Promise<void> | undefined;
const listeners = new Set<() => void>();

function changed() {
  listeners.forEach((listener) => listener());
}

/** @returns what ends the listening */
export function listenToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function who(): Who | undefined {
  return session?.who;
}

export async function loadSettings(): Promise<Settings> {
  if (!settings) {
    const answer = await fetch('/console.json', { headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(`The server answered ${answer.status} to /console.json.`);
    settings = (await answer.json()) as Settings;
    development = settings.development;
    if (settings.providers.length === 0) {
      const none = settings.providers;
      settings = undefined; // asked again next time: the provider may be back
      return { providers: none, development };
    }
  }
  return settings;
}

export function isDevelopment(): boolean {
  return development;
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function random(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** Leaves for the provider; comes back to `returnTo`. Throws a {@link Choice} where there are several and none was named. */
export async function signIn(returnTo: string, how: { choose?: boolean; tenant?: string; provider?: string } = {}): Promise<void> {
  const { providers } = await loadSettings();
  const provider = providers.length === 1 ? providers[0] : providers.find((p) => p.name === how.provider);
  if (!provider) throw new Choice(providers);
  const pending: Pending = { verifier: random(32), state: random(16), returnTo, provider, development };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier));
  const address = new URL(provider.authorizationEndpoint, window.location.origin);
  const query = {
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: `${window.location.origin}/sign-in`,
    scope: provider.scope,
    state: pending.state,
    code_challenge: base64url(new Uint8Array(hash)),
    code_challenge_method: 'S256',
    ...(how.choose ? { prompt: 'select_account' } : {}),
    ...(how.tenant && development ? { tenant: how.tenant } : {}),
  };
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  window.location.assign(address);
}

/** Becomes somebody else, perhaps of another tenant; where there are several providers the page asks which. */
export function switchPerson(returnTo = '/', tenant?: string): void {
  signIn(returnTo, { choose: true, ...(tenant ? { tenant } : {}) }).catch(() => forget());
}

/** Where whoever comes back wanted to go, for a page that can be loaded meanwhile. */
export function pendingReturn(): string | undefined {
  const kept = sessionStorage.getItem(PENDING);
  return kept ? new URL((JSON.parse(kept) as Pending).returnTo, window.location.origin).pathname : undefined;
}

/** Called where the provider sends people back to; gives the address they wanted. */
export async function finishSignIn(query: URLSearchParams): Promise<string> {
  const kept = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const pending = kept ? (JSON.parse(kept) as Pending) : undefined;
  const code = query.get('code');
  const provider = pending?.provider;
  if (!pending || !provider || query.get('state') !== pending.state) throw new Error('This sign-in was not started here, or was used before. Start again.');
  // Another provider's answer must not be taken for this one's.
  const issuer = query.get('iss');
  if (provider.issuer !== '' && (issuer ?? (provider.namesItself ? '' : provider.issuer)) !== provider.issuer) throw new Error('The answer came from another identity provider than was asked. Start again.');
  if (!code) throw new Error(query.get('error_description') ?? `The identity provider refused the sign-in${query.get('error') ? ` (${query.get('error')})` : ''}. Start again.`);
  development = pending.development;
  await exchange(provider, {
    grant_type: 'authorization_code',
    code,
    code_verifier: pending.verifier,
    redirect_uri: `${window.location.origin}/sign-in`,
  });
  // Only an address of this console: whatever else stands there is not followed.
  return /^\/(?![/\\])/.test(pending.returnTo) ? pending.returnTo : '/';
}

async function exchange(provider: Provider, form: Record<string, string>): Promise<void> {
  const answer = await fetch(provider.tokenEndpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, client_id: provider.clientId }).toString(),
  });
  if (!answer.ok) throw new Error('The identity provider did not accept the sign-in. Sign in again.');
  const given = (await answer.json()) as { access_token: string; token_type?: string; refresh_token?: string; expires_in?: number };
  if (!given.access_token || (given.token_type ?? 'bearer').toLowerCase() !== 'bearer') throw new Error('The identity provider gave no token that can be used here.');
  session = {
    token: given.access_token,
    ...(given.refresh_token ? { refresh: given.refresh_token } : form.refresh_token ? { refresh: form.refresh_token } : {}),
    expires: Date.now() + (given.expires_in ?? 300) * 1000,
    who: session?.who ?? (provider.issuer === '' ? claims(given.access_token) : await me(given.access_token, provider.name)),
    provider,
  };
  changed();
}

/** Who the server says that a token's bearer is: a provider knows neither our tenants nor our names. */
async function me(token: string, provider: string): Promise<Who> {
  const answer = await fetch('/v1/me', { headers: { accept: 'application/json', authorization: `Bearer ${token}` } });
  if (answer.status === 403) throw new NoRole(provider);
  if (!answer.ok) throw new Error(`${provider} signed you in, but this server does not accept what it says (${answer.status}). Tell the operator of this installation.`);
  return (await answer.json()) as Who;
}

/** What a development token says itself. For showing only: the server verifies the token at each request. */
function claims(token: string): Who {
  const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
  const body = JSON.parse(new TextDecoder().decode(bytes)) as { tenant: string; sub: string; roles: string[] };
  return { tenant: body.tenant, subject: body.sub, roles: body.roles };
}

/** A token that is good for a while; signs in again when there is none. */
export async function bearer(): Promise<string> {
  if (session && session.expires - Date.now() < EARLY_MILLIS) {
    const { refresh, provider } = session;
    renewing ??= (refresh ? exchange(provider, { grant_type: 'refresh_token', refresh_token: refresh }) : Promise.reject(new Error('expired')))
      .catch((failure: unknown) => {
        if (failure instanceof TypeError) return; // the server is away; the token may still be good
        session = undefined;
        changed();
      })
      .finally(() => {
        renewing = undefined;
      });
    await renewing;
  }
  if (!session) throw new Error('You are signed out.');
  return session.token;
}

export function forget(): void {
  session = undefined;
  changed();
}

export function has(...roles: string[]): boolean {
  return roles.some((role) => session?.who.roles.includes(role));
}
