// Photographs of pages with made-up data, light and dark, each looked at by axe: `node e2e/pages.mjs [name...]` after
// `./build`; they are left in OUT (target/pages). Ends with 1 if axe found something or a page complained.
import { axe, folder, open, settled } from './browser.mjs';
import { RUN, serve } from './fixture.mjs';

export const PLACES = {
  home: '', runs: 'runs', searched: 'runs?approver=p-approver-2&time=7d', 'run-played': `runs/${RUN}?until=48217&at=48217`, run: `runs/${RUN}`, 'run-compact': `runs/${RUN}?view=compact`, 'run-graph': `runs/${RUN}?view=graph`, 'run-raw': `runs/${RUN}?view=raw`,
  approvals: 'approvals', history: 'approvals?tab=approved', approval: `approvals/${RUN}/approve-write`, proof: 'proof', compare: 'proof/compare', bundle: 'proof/bundle',
  workflows: 'workflows', workflow: 'workflows/itsm-triage', diff: 'workflows/itsm-triage?against=1.3.0', start: 'workflows/itsm-triage/start',
  policy: 'policy', draft: 'policy/drafts/018f0000-0000-7000-8000-000000000700', edit: 'policy/drafts/new', 'edit-asked': 'policy/drafts/new?as=asked', simulation: 'policy/simulations/018f0000-0000-7000-8000-000000000800', cell: 'policy/simulations/018f0000-0000-7000-8000-000000000800?cell=REQUIRE_HITL:ALLOW', limits: 'policy/limits', decisions: 'policy/decisions',
  connectors: 'connectors', workers: `workers?run=${RUN}`, cost: 'cost', 'cost-workflow': 'cost?by=workflow', 'cost-model': 'cost?by=model', compliance: 'compliance', 'failed-work': 'failed-work', tenant: 'tenant', account: 'account', 'not-found': 'nowhere',
};

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const wanted = process.argv.slice(2);
  const OUT = folder(process.env.OUT ?? 'target/pages');
  const { origin, close } = await serve({ roles: ['operator', 'auditor', 'admin', 'builder', 'approver'], subject: 'p-admin' });
  const browser = await open();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'Europe/Berlin' });
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (m) => m.type() === 'error' && !/Failed to load resource/.test(m.text()) && wrong.push(m.text()));
  page.on('pageerror', (e) => wrong.push(String(e)));
  await page.goto(`${origin}/t/t/w/w`);
  await page.locator('main#page h1').first().waitFor();
  for (const theme of process.env.THEMES?.split(',') ?? ['light', 'dark']) {
    await page.evaluate((t) => localStorage.setItem('airails.theme', t), theme);
    for (const [name, rest] of Object.entries(PLACES)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      await page.goto(`${origin}/t/t/w/w${rest ? `/${rest}` : ''}`);
      await page.locator('main#page h1, main#page .empty').first().waitFor();
      await settled(page);
      await page.screenshot({ path: `${OUT}/${name}-${theme}.png`, fullPage: true });
      for (const v of await axe(page)) wrong.push(`${name} ${theme}: ${JSON.stringify(v)}`);
    }
  }
  await browser.close();
  close();
  for (const each of new Set(wrong)) console.log(each);
  process.exit(wrong.length > 0 ? 1 : 0);
}
