import type { ComponentType } from 'react';

// Every page is a file of its own; what is first is asked for before it is known whose it is, the others when nothing else is
// to be done. A page that is there already is shown at once: React holds back what it had to wait for by 300 ms.

export type Loader<P> = { (): Promise<{ default: ComponentType<P> }>; ready: ComponentType<P> | undefined };

function kept<P>(load: () => Promise<{ default: ComponentType<P> }>): Loader<P> {
  const loader: Loader<P> = Object.assign(
    async () => {
      const made = await load();
      loader.ready = made.default;
      return made;
    },
    { ready: undefined },
  );
  return loader;
}

export const PAGES = {
  home: kept(() => import('./home/home-page')),
  runs: kept(() => import('./run/runs-page')),
  run: kept(() => import('./run/run-page')),
  approvals: kept(() => import('./gate/approvals-page')),
  approval: kept(() => import('./gate/approval-page')),
  proof: kept(() => import('./ledger/proof-page')),
  leaf: kept(() => import('./ledger/leaf-page')),
  compare: kept(() => import('./ledger/compare-page')),
  bundle: kept(() => import('./evidence/bundle-page')),
  workflows: kept(() => import('./workflow/workflows-page')),
  workflow: kept(() => import('./workflow/workflow-page')),
  start: kept(() => import('./workflow/start-page')),
  connectors: kept(() => import('./connector/connectors-page')),
  workers: kept(() => import('./worker/workers-page')),
  policy: kept(() => import('./policy/policy-page')),
  decisions: kept(() => import('./policy/decisions-page')),
  drafts: kept(() => import('./policy/draft-page')),
  limits: kept(() => import('./policy/limits-page')),
  account: kept(() => import('./tenant/account-page')),
  cost: kept(() => import('./budget/cost-page')),
  compliance: kept(() => import('./compliance/compliance-page')),
  failed: kept(() => import('./run/failed-page')),
  tenant: kept(() => import('./tenant/tenant-page')),
  go: kept(() => import('./home/go-page')),
};

/** Loads the page at an address, if it is one of those that people come in by. */
export async function warm(pathname: string): Promise<void> {
  const [, , , , area, one] = pathname.split('/').filter(Boolean);
  const page = area === undefined ? PAGES.home : area === 'runs' ? (one ? PAGES.run : PAGES.runs) : area === 'approvals' ? (one ? PAGES.approval : PAGES.approvals) : undefined;
  await page?.().catch(() => {}); // who opens the page says so
}

/** Loads the pages that are not there yet, one after the other. */
export async function warmAll(): Promise<void> {
  for (const page of Object.values(PAGES)) if (!page.ready) await page().catch(() => {});
}
