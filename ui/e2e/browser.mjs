// What every test of the console needs: Debian's Chromium, a page that reports what goes wrong, and sign-in.
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function open(more = []) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...FLAGS, ...more] });
}

/** A person's browser of his own. */
export async function person(browser, entrance, who, tenant, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', acceptDownloads: true, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) wrong.push(m.text());
  });
  page.on('pageerror', (e) => wrong.push(String(e)));
  await page.goto(entrance);
  if (who) await pick(page, who, tenant);
  return { context, page, wrong };
}

/** Becomes one of a tenant's people. */
export async function pick(page, who, tenant) {
  await page.waitForURL(/development\/authorize/);
  if (tenant) await page.goto(`${page.url()}&tenant=${tenant}`);
  await page.locator(tenant ? `button[name=person][value="${tenant}.${who}"]` : `button[name=person][value$=".${who}"]`).first().click();
  await page.waitForURL((url) => url.pathname.startsWith('/t/'));
  await page.locator('main#page h1').first().waitFor();
}

/** Waits until nothing is loading any more. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]') && document.querySelector('main#page'), null, { timeout: 20_000 });
  await page.evaluate(() => document.fonts.ready);
}

/** Violations of WCAG 2.2 AA; axe comes in by the browser's protocol, since the policy allows no script tag. */
export async function axe(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: AXE });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((r) => JSON.stringify(r.violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + n.failureSummary) }))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return JSON.parse(result.value);
}

export function folder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}
