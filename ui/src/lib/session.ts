import { useSyncExternalStore } from 'react';

// Sign-in by OpenID Connect's code flow with PKCE. Tokens live in this module's memory and nowhere else: a reload signs in
// again, which the provider answers at once while its own session lasts.

export type Settings = {
  authorizationEndpoint: string;
  tokenEndpoint: string;
  clientId: string;
  development: boolean;
};

export type Who = { tenant: string; subject: string; roles: string[] };

type Session = { token: string; refresh?: string; expires: number; who: Who };
type Pending = { verifier: string; state: string; returnTo: string };

const PENDING = 'airails.sign-in';
const EARLY_MILLIS = 60_000;

let settings: Settings | undefined;
let session: Session | undefined;
let renewing: Promise<void> | undefined;
const listeners = new Set<() => void>();

function changed() {
  listeners.forEach((listener) => listener());
}

export function useWho(): Who | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session?.who,
  );
}

export function who(): Who | undefined {
  return session?.who;
}

export async function loadSettings(): Promise<Settings> {
  if (!settings) {
    const answer = await fetch('/console.json', { headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(`The server answered ${answer.status} to /console.json.`);
    settings = (await answer.json()) as Settings;
  }
  return settings;
}

export function isDevelopment(): boolean {
  return settings?.development ?? false;
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function random(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** Leaves for the provider; comes back to `returnTo`. */
export async function signIn(returnTo: string, how: { choose?: boolean; tenant?: string } = {}): Promise<void> {
  const { authorizationEndpoint, clientId } = await loadSettings();
  const pending: Pending = { verifier: random(32), state: random(16), returnTo };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: `${window.location.origin}/sign-in`,
    scope: 'openid offline_access',
    state: pending.state,
    code_challenge: base64url(new Uint8Array(hash)),
    code_challenge_method: 'S256',
  });
  if (how.choose) query.set('prompt', 'select_account');
  if (how.tenant) query.set('tenant', how.tenant);
  window.location.assign(`${authorizationEndpoint}?${query}`);
}

/** Called where the provider sends people back to; gives the address they wanted. */
export async function finishSignIn(query: URLSearchParams): Promise<string> {
  const kept = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const pending = kept ? (JSON.parse(kept) as Pending) : undefined;
  const code = query.get('code');
  if (!pending || !code || query.get('state') !== pending.state) {
    throw new Error(query.get('error_description') ?? 'This sign-in was not started here, or was used before. Start again.');
  }
  await exchange({
    grant_type: 'authorization_code',
    code,
    code_verifier: pending.verifier,
    redirect_uri: `${window.location.origin}/sign-in`,
  });
  // Only an address of this console: whatever else stands there is not followed.
  return /^\/(?!\/)/.test(pending.returnTo) ? pending.returnTo : '/';
}

async function exchange(form: Record<string, string>): Promise<void> {
  const { tokenEndpoint, clientId } = await loadSettings();
  const answer = await fetch(tokenEndpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, client_id: clientId }).toString(),
  });
  if (!answer.ok) throw new Error('The identity provider did not accept the sign-in. Sign in again.');
  const given = (await answer.json()) as { access_token: string; refresh_token?: string; expires_in: number };
  session = {
    token: given.access_token,
    ...(given.refresh_token ? { refresh: given.refresh_token } : {}),
    expires: Date.now() + given.expires_in * 1000,
    who: claims(given.access_token),
  };
  changed();
}

/** For showing only: the server verifies the token at each request. */
function claims(token: string): Who {
  const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
  const body = JSON.parse(new TextDecoder().decode(bytes)) as { tenant: string; sub: string; roles: string[] };
  return { tenant: body.tenant, subject: body.sub, roles: body.roles };
}

/** A token that is good for a while; signs in again when there is none. */
export async function bearer(): Promise<string> {
  if (session && session.expires - Date.now() < EARLY_MILLIS) {
    const refresh = session.refresh;
    renewing ??= (refresh ? exchange({ grant_type: 'refresh_token', refresh_token: refresh }) : Promise.reject(new Error('expired')))
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
