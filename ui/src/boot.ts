import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import { finishSignIn, pendingReturn, signIn } from './lib/session';
import { warm } from './pages';
import { applyTheme } from './ui/theme';

// What runs first, and it is small. Tokens live in memory only, so a page that was just loaded has no session: it leaves for
// the provider at once, without loading the pages; and coming back, the code is exchanged while they load.

let left: Promise<void> | undefined;
let back: Promise<string> | undefined;

/** Leaves to sign in, once. */
export function leaving(href: string): Promise<void> {
  left ??= signIn(href).finally(() => {
    left = undefined;
  });
  return left;
}

/** Finishes the sign-in, once: a code is good for one exchange, and its outcome stays what it was. The page is loaded then. */
export function returning(query: URLSearchParams): Promise<string> {
  back ??= finishSignIn(query).then((to) => warm(new URL(to, window.location.origin).pathname).then(() => to));
  return back;
}

/** The letters of the first page, before its style sheet asks for them. */
function preloadFont(): void {
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'font', type: 'font/woff2', crossOrigin: 'anonymous', href: inter });
  document.head.append(link);
}

applyTheme();
const { pathname, search } = window.location;
const query = new URLSearchParams(search);
if (pathname === '/sign-in') {
  preloadFont();
  const to = pendingReturn();
  returning(query).catch(() => {}); // the page shows it
  void import('./main');
  if (to) void warm(to);
} else if (pathname === '/verify' || query.has('signed-out')) void import('./main');
else leaving(pathname + search).catch(() => void import('./main'));
