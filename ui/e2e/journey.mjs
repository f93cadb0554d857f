// The console in a real browser against a running installation: each persona's way, what must be refused, every page looked
// at by axe and photographed in light and dark. Ends with 0 only if everything held.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { unzipSync, zipSync } from 'fflate';
import { axe, folder, open, person, settled } from './browser.mjs';

const { CONSOLE_URL, TENANT, WORKSPACE, RUN, NUMBER, WAITING, OTHER_TENANT, OTHER_WORKSPACE, OTHER_RUN } = process.env;
const OUT = folder(process.env.OUT ?? 'target/e2e');
const origin = new URL(CONSOLE_URL).origin;
const at = (rest = '') => `${origin}/t/${TENANT}/w/${WORKSPACE}${rest ? `/${rest}` : ''}`;
const browser = await open();
let count = 0;

async function step(name, body) {
  const began = Date.now();
  try {
    await body();
    count++;
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (failure) {
    for (const context of browser.contexts()) {
      const page = context.pages()[0];
      if (page) await page.screenshot({ path: `${OUT}/failed.png` }).catch(() => {});
    }
    console.log(`FAIL ${name}\n${failure.stack}`);
    await browser.close();
    process.exit(1);
  }
}

const as = (who) => person(browser, CONSOLE_URL, who, TENANT);
const outcomes = (page) => page.locator('[data-check]').evaluateAll((l) => Object.fromEntries(l.map((e) => [e.dataset.check, e.dataset.outcome])));
const bundle = `${OUT}/evidence.zip`;

await step('without the key of the data directory nobody gets in', async () => {
  const { page, context } = await person(browser, `${origin}/development/enter/wrong`);
  assert.match(await page.textContent('h1'), /closed/);
  await page.goto(at());
  await page.waitForURL(/development\/authorize/);
  assert.match(await page.textContent('h1'), /closed/);
  await context.close();
});

await step('an approver finds what waits, approves it, and sees the run end by itself', async () => {
  const { page, context, wrong } = await as('p-approver-2');
  await page.goto(at());
  await page.locator('section', { hasText: 'Waiting for you' }).getByRole('link', { name: 'Review' }).first().waitFor();
  await page.goto(at(`runs/${RUN}`));
  await page.getByText(/for one approval from approver/).waitFor();
  await settled(page);
  await page.screenshot({ path: `${OUT}/run-waiting.png` });
  await page.getByRole('link', { name: 'Review and decide' }).click();
  await page.getByRole('heading', { name: new RegExp(NUMBER) }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.locator('.page-head .chip', { hasText: 'Approved' }).waitFor();
  await page.goto(at(`runs/${RUN}`));
  await page.locator('.page-head .chip', { hasText: 'Completed' }).waitFor({ timeout: 60_000 });
  assert.deepEqual(wrong, []);
  await context.close();
});

await step('a builder is told that he may not decide, and is offered no button', async () => {
  const { page, context } = await as('p-builder');
  await page.goto(at(`approvals/${WAITING}/approve`));
  await page.getByText('It needs the role approver').waitFor();
  assert.equal(await page.getByRole('button', { name: /Approve/ }).count(), 0);
  await context.close();
});

await step('an operator takes the evidence, and the page verifies it', async () => {
  const { page, context } = await as('p-operator');
  await page.goto(at(`runs/${RUN}`));
  await settled(page);
  await page.locator('[data-check=witness]').waitFor();
  await page.waitForFunction(() => document.querySelector('[data-check=witness]')?.dataset.outcome === 'pass');
  const panel = await outcomes(page);
  assert.deepEqual([panel.leaf, panel.chain, panel.inclusion, panel.log, panel.witness, panel.worker], ['pass', 'pass', 'pass', 'pass', 'pass', 'open']);
  const [download] = await Promise.all([page.waitForEvent('download', { timeout: 30_000 }), page.getByRole('button', { name: 'Evidence' }).click()]);
  await download.saveAs(bundle);
  await page.goto(at('proof/bundle'));
  await page.setInputFiles('input[type=file]', bundle);
  await page.locator('[data-verdict]').waitFor({ timeout: 30_000 });
  const said = await outcomes(page);
  for (const check of ['manifests', 'statement', 'signature', 'events', 'leaves', 'inclusion', 'chain', 'complete', 'log', 'witnesses']) assert.equal(said[check], 'pass', check);
  for (const check of ['documents', 'time', 'hardware']) assert.equal(said[check], 'open', check);
  await page.screenshot({ path: `${OUT}/bundle-verified.png`, fullPage: true });
  await context.close();
});

await step('a tampered bundle shows exactly which entry was broken, without any sign-in and offline', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${origin}/verify`);
  await page.getByText('Drop an evidence bundle').waitFor();
  await context.setOffline(true);
  await page.setInputFiles('input[type=file]', bundle);
  await page.locator('[data-verdict=pass]').waitFor({ timeout: 30_000 });
  assert.equal((await outcomes(page)).signature, 'open');
  const files = unzipSync(readFileSync(bundle));
  const top = Object.keys(files)[0].split('/')[0];
  const lines = new TextDecoder().decode(files[`${top}/data/ledger/entries.jsonl`]).split('\n').filter(Boolean).map((l) => JSON.parse(l));
  const victim = 7;
  const event = `${top}/data/events/${lines[victim - 1].event_id}.avro`;
  files[event] = files[event].slice();
  files[event][40] ^= 1;
  writeFileSync(`${OUT}/tampered.zip`, zipSync(files, { level: 0 }));
  await page.setInputFiles('input[type=file]', `${OUT}/tampered.zip`);
  await page.locator('[data-verdict=fail]').waitFor({ timeout: 30_000 });
  assert.equal(await page.locator('[data-break]').first().getAttribute('data-break'), String(victim));
  assert.deepEqual([(await outcomes(page)).events, (await outcomes(page)).manifests, (await outcomes(page)).chain], ['fail', 'fail', 'pass']);
  await page.screenshot({ path: `${OUT}/bundle-tampered.png`, fullPage: true });
  await context.close();
});

await step('an auditor sees who took it', async () => {
  const { page, context } = await as('p-auditor');
  await page.goto(at(`workers?run=${RUN}`));
  await page.getByText(/by p-operator/).waitFor();
  await context.close();
});

await step("another tenant's link and another tenant's run are not found", async () => {
  const { page, context } = await as('p-operator');
  await page.goto(`${origin}/t/${OTHER_TENANT}/w/${OTHER_WORKSPACE}/runs/${OTHER_RUN}`);
  await page.getByText('Not found here').waitFor();
  await page.goto(at(`runs/${OTHER_RUN}`));
  await page.getByText('Not found here').waitFor();
  assert.equal(await page.getByText(OTHER_RUN).count(), 0);
  await context.close();
});

await step('the server goes away in mid-view: the page says so, keeps what it had, and recovers', async () => {
  const target = new URL(origin);
  const sockets = new Set();
  let port = 0;
  const listen = () =>
    new Promise((done) => {
      const server = net.createServer((socket) => {
        const upstream = net.connect(Number(target.port), '127.0.0.1');
        for (const s of [socket, upstream]) {
          sockets.add(s);
          s.on('error', () => s.destroy()).on('close', () => sockets.delete(s));
        }
        socket.pipe(upstream).pipe(socket);
      });
      server.listen(port, '127.0.0.1', () => {
        port = server.address().port;
        done(server);
      });
    });
  let server = await listen();
  const { page, context } = await person(browser, CONSOLE_URL.replace(target.host, `localhost:${port}`), 'p-operator', TENANT);
  await page.goto(`http://localhost:${port}/t/${TENANT}/w/${WORKSPACE}/runs`);
  await page.locator('.list .item').first().waitFor();
  server.close();
  sockets.forEach((s) => s.destroy());
  await page.getByText('Reconnecting').waitFor({ timeout: 20_000 });
  assert.ok((await page.locator('.list .item').count()) > 0);
  await page.screenshot({ path: `${OUT}/lost-light.png` });
  server = await listen();
  await page.getByText('Back. What you see is up to date again.').waitFor({ timeout: 30_000 });
  await context.close();
  server.close();
  sockets.forEach((s) => s.destroy());
});

await step('every page in light and dark, without a violation of WCAG 2.2 AA and without a word of the policy broken', async () => {
  const { page, context, wrong } = await as('p-operator');
  const places = {
    home: '', runs: 'runs', run: `runs/${RUN}`, 'run-compact': `runs/${RUN}?view=compact`, 'run-graph': `runs/${RUN}?view=graph`, 'run-raw': `runs/${RUN}?view=raw`,
    approvals: 'approvals', approved: `approvals/${RUN}/approve`, proof: 'proof', leaf: 'proof/leaf/20', compare: 'proof/compare', bundle: 'proof/bundle',
    workflows: 'workflows', workflow: 'workflows/itsm-triage', start: 'workflows/itsm-triage/start', policy: 'policy', connectors: 'connectors',
    workers: `workers?run=${RUN}`, cost: 'cost', compliance: 'compliance', 'failed-work': 'failed-work', tenant: 'tenant', 'not-found': 'nowhere',
  };
  const found = [];
  for (const theme of ['light', 'dark']) {
    await page.evaluate((t) => localStorage.setItem('airails.theme', t), theme);
    for (const [name, rest] of Object.entries(places)) {
      await page.goto(at(rest));
      await page.locator('main#page h1, main#page .empty').first().waitFor();
      await settled(page);
      await page.screenshot({ path: `${OUT}/${name}-${theme}.png` });
      for (const violation of await axe(page)) found.push({ name, theme, ...violation });
    }
  }
  assert.deepEqual(found, []);
  assert.deepEqual([...new Set(wrong)], []);
  await context.close();
});

await browser.close();
console.log(`${count} passed, 0 failed`);
