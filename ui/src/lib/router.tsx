import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from 'react';

// All state that somebody could want to send to somebody else is in the address.

export type Place = { path: string[]; query: URLSearchParams; href: string };

const CHANGED = 'airails:navigated';
let current: Place = read();

function read(): Place {
  const { pathname, search } = window.location;
  const path = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(search), href: pathname + search };
}

function subscribe(listener: () => void): () => void {
  const changed = () => {
    const next = read();
    if (next.href !== current.href) current = next;
    listener();
  };
  window.addEventListener('popstate', changed);
  window.addEventListener(CHANGED, changed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(CHANGED, changed);
  };
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => current);
}

export function go(to: string, how: { replace?: boolean } = {}): void {
  if (how.replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  window.dispatchEvent(new Event(CHANGED));
}

/** Changes parts of the query and keeps the rest; an empty value removes its part. */
export function withQuery(place: Place, changes: Record<string, string | undefined>): string {
  const query = new URLSearchParams(place.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return `/${place.path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

/** A link that a browser can open elsewhere, and that stays inside otherwise. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  function clicked(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
    window.scrollTo(0, 0);
  }
  return <a href={to} onClick={clicked} {...rest} />;
}
