// Every page is a file of its own; what is first is asked for before it is known whose it is.

export const PAGES = {
  home: () => import('./home/home-page'),
  runs: () => import('./run/runs-page'),
  run: () => import('./run/run-page'),
  approvals: () => import('./gate/approvals-page'),
  approval: () => import('./gate/approval-page'),
};

/** Begins to load the page at an address. */
export function warm(pathname: string): void {
  const [, , , , area, one] = pathname.split('/').filter(Boolean);
  const page = area === undefined ? PAGES.home : area === 'runs' ? (one ? PAGES.run : PAGES.runs) : area === 'approvals' ? (one ? PAGES.approval : PAGES.approvals) : undefined;
  page?.().catch(() => {}); // who opens the page says so
}
