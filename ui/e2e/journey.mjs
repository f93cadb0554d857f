// The console in a real browser against a running installation: each persona's way, what must be refused, every page looked
// at by axe and photographed in light and dark. Ends with 0 only if everything held.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { unzipSync, zipSync } from 'fflate';
import { axe, folder, open, person, settled } from './browser.mjs';
import { cancelled, operating, started } from './operating.mjs';
import { tasks } from './tasks.mjs';

const { CONSOLE_URL, TENANT, WORKSPACE, RUN, NUMBER, WAITING, SYS_ID, WAITING_NUMBER, SICK_NUMBER, LATER_SYS_ID, LATER_NUMBER, FRESH_SYS_ID, FRESH_NUMBER, OTHER_TENANT, OTHER_WORKSPACE, OTHER_RUN, SIGNED_TENANT, SIGNED_WORKSPACE, SIGNED_RUN } = process.env;
const OUT = folder(process.env.OUT ?? 'target/e2e');
const origin = new URL(CONSOLE_URL).origin;
const at = (rest = '') => `${origin}/t/${TENANT}/w/${WORKSPACE}${rest ? `/${rest}` : ''}`;
const browser = await open();
let count = 0;

let failed = 0;

/** One step; a later one is tried also when this one did not hold, so that one run says all that is wrong. */
async function step(name, body) {
  const began = Date.now();
  try {
    await body();
    count++;
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (failure) {
    failed++;
    for (const [i, context] of browser.contexts().entries()) {
      await context.pages()[0]?.screenshot({ path: `${OUT}/failed-${failed}-${i}.png` }).catch(() => {});
      await context.close().catch(() => {});
    }
    console.log(`FAIL ${name}\n${failure.stack}`);
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

await step('home says how much runs, waits and fails, from the views', async () => {
  const { page, context } = await as('p-operator');
  await page.goto(at());
  await page.locator('.tiles', { hasText: /a minute[^]*ready[^]*at approvals/ }).waitFor();
  const tiles = await page.locator('.tiles').innerText();
  assert.match(tiles, /[1-9]\d* started/);
  assert.match(tiles, /[1-9]\d* at approvals/);
  await context.close();
});

await step('an approver finds what waits, asks about it, and is answered; the words are sealed on their way', async () => {
  const { page, context, wrong } = await as('p-approver-2');
  await page.goto(at());
  await page.locator('section', { hasText: 'Waiting for you' }).getByRole('link', { name: 'Review' }).first().waitFor();
  await page.goto(at(`runs/${RUN}`));
  await page.getByText(/for one approval from approver/).waitFor();
  await settled(page);
  await page.screenshot({ path: `${OUT}/run-waiting.png` });
  await page.getByRole('link', { name: 'Review and decide' }).click();
  await page.getByRole('heading', { name: new RegExp(NUMBER) }).waitFor();
  await page.getByRole('button', { name: /^Ask…/ }).click();
  await page.getByLabel('What you want to know').fill('Is the whole floor affected?');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByLabel('History').getByText('asked for information').waitFor();
  const operator = await as('p-operator');
  await operator.page.goto(at(`approvals/${RUN}/approve`));
  await operator.page.getByRole('button', { name: 'Answer…' }).click();
  await operator.page.getByLabel('Your answer').fill('Yes, since nine.');
  await operator.page.getByRole('button', { name: 'Answer', exact: true }).click();
  await operator.page.getByLabel('History').getByText('answered').waitFor();
  await operator.context.close();
  await page.getByLabel('History').getByText('answered').waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Reveal the texts in this browser' }).click();
  await page.getByText('Is the whole floor affected?').waitFor({ timeout: 90_000 });
  await page.getByText('Yes, since nine.').waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

await step('he sees what is sealed, corrects it, and the run ends by itself with the corrected call', async () => {
  const { page, context, wrong } = await as('p-approver-2');
  await page.goto(at(`approvals/${RUN}/approve`));
  // Everything that is sealed, shown in this browser only: a worker seals it to a key that this page made.
  await page.getByRole('button', { name: /Reveal in this browser/ }).click();
  await page.getByText("These arguments hash to the call's digest").waitFor({ timeout: 90_000 });
  await page.screenshot({ path: `${OUT}/revealed.png`, fullPage: true });
  await page.getByRole('button', { name: /^Correct…/ }).click();
  await page.getByRole('textbox', { name: 'work_note' }).fill('The whole floor is affected since nine.');
  await page.locator('dialog ins', { hasText: 'floor' }).first().waitFor();
  await page.screenshot({ path: `${OUT}/correcting.png` });
  assert.deepEqual(await axe(page), []);
  await page.getByRole('button', { name: 'Correct work_note' }).click();
  await page.getByLabel('History').getByText('corrected the call').waitFor({ timeout: 30_000 });
  await page.locator('.page-head .chip', { hasText: 'Approved' }).waitFor({ timeout: 90_000 });
  await page.goto(at(`runs/${RUN}`));
  await page.locator('.page-head .chip', { hasText: 'Completed' }).waitFor({ timeout: 60_000 });
  assert.deepEqual(wrong, []);
  await context.close();
});

await step('an operator starts a run with the typed form, cancels it and forks it', async () => {
  const { page, context, wrong } = await as('p-operator');
  // Its service answers this one with errors for a while; what becomes of it is looked at later.
  await started(page, at, { sysId: LATER_SYS_ID, number: LATER_NUMBER });
  await page.goto(at('workflows/itsm-triage/start'));
  const button = page.getByRole('button', { name: /^Start in/ });
  await button.waitFor();
  assert.ok(await button.isDisabled());
  await page.getByLabel(/^sys_id/).fill(SYS_ID);
  await page.getByLabel(/^number/).fill(WAITING_NUMBER);
  await page.getByLabel(/^sys_mod_count/).fill('many');
  assert.ok(await button.isDisabled());
  await page.getByLabel(/^sys_mod_count/).fill('0');
  await button.click();
  for (const fork of [true, false]) {
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
    await page.getByText(/for one approval from approver/).waitFor({ timeout: 60_000 });
    await cancelled(page);
    if (!fork) break;
    const before = page.url();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('button', { name: 'Fork: run it again' }).click();
    await page.getByRole('button', { name: 'Fork from the beginning' }).click();
    await page.waitForURL((url) => url.href !== before);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

await step('runs are found by ticket, person, approver, hash and time; a filter is kept; a run is played back', async () => {
  const { page, context, wrong } = await as('p-operator');
  const box = page.getByLabel(/^Ticket, hash/);
  const found = async (text, many = false) => {
    await page.goto(at('runs'));
    await box.fill(text);
    await box.press('Enter');
    await page.locator('.list .item', { hasText: NUMBER }).first().waitFor();
    if (!many) assert.equal(await page.locator('.list .item').count(), 1, text);
  };
  await page.goto(at(`runs/${RUN}`));
  await settled(page);
  const leaf = await page.locator('.panel .hash').last().getAttribute('data-hash');
  for (const text of [NUMBER, `${NUMBER.slice(0, -1)}* approver:p-approver-2`, leaf, leaf.slice(0, 12), `sha256:${leaf}`, `${NUMBER} state:completed time:1h`]) await found(text, text.includes('*'));
  for (const text of ['@p-approver-2', 'approver:p-approver-2', 'actor:servicenow-main']) await found(text, true);
  await page.goto(at(`runs?q=${NUMBER}&approver=p-nobody`));
  await page.getByText('No run is like that').waitFor();
  await page.goto(at('runs'));
  await page.getByRole('button', { name: 'Search by…' }).click();
  await page.getByLabel('Approver', { exact: true }).fill('p-approver-2');
  await page.getByLabel('Started').selectOption('24h');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.locator('.list .item', { hasText: NUMBER }).waitFor();
  await page.getByRole('button', { name: 'Keep this filter' }).click();
  await page.getByLabel(/Its name/).fill('Decided by two');
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.goto(at('runs'));
  await page.getByRole('link', { name: 'Decided by two' }).click();
  await page.locator('.list .item', { hasText: NUMBER }).waitFor();
  await page.screenshot({ path: `${OUT}/searched.png` });
  await page.goto(at(`runs/${RUN}`));
  await settled(page);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('button', { name: 'Play it back' }).click();
  await page.getByLabel('Play back').getByText(/^1 of/).waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByLabel('Play back').getByText(/^([3-9]|\d\d+) of/).waitFor();
  await page.screenshot({ path: `${OUT}/played.png` });
  await page.getByRole('button', { name: 'Show all of it' }).click();
  assert.deepEqual(wrong, []);
  await context.close();
});

await step('a builder is told that he may not decide, and is offered no button', async () => {
  const { page, context } = await as('p-builder');
  await page.goto(at(`approvals/${WAITING}/approve`));
  await page.getByText('You wrote the workflow. Somebody else has to decide.').waitFor();
  assert.equal(await page.getByRole('button', { name: /Approve/ }).count(), 0);
  await context.close();
});

await step('where a signature is demanded, a passkey is registered, signs exactly that call, and the worker sends it', async () => {
  const { page, context, wrong } = await person(browser, CONSOLE_URL, 'p-approver-2', SIGNED_TENANT);
  const there = (rest) => `${origin}/t/${SIGNED_TENANT}/w/${SIGNED_WORKSPACE}/${rest}`;
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  await page.goto(there(`approvals/${SIGNED_RUN}/approve`));
  const sign = page.getByRole('button', { name: /Approve with passkey/ });
  await sign.click();
  await page.getByText('you have no passkey that counts').waitFor();
  await page.goto(there('account'));
  await page.getByRole('button', { name: 'Register one…' }).click();
  await page.getByLabel(/What you call it/).fill('Laptop');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('cell', { name: 'Laptop' }).waitFor({ timeout: 30_000 });
  await page.goto(there(`approvals/${SIGNED_RUN}/approve`));
  await sign.click();
  await page.waitForFunction(() => document.querySelector('[role=status].toast')?.textContent?.includes('Approved'));
  await page.goto(there(`runs/${SIGNED_RUN}`));
  await page.locator('.page-head .chip', { hasText: 'Completed' }).waitFor({ timeout: 60_000 });
  await page.goto(there('account'));
  await page.getByRole('button', { name: 'Remove' }).first().click();
  await page.getByText('No passkey yet').waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

await step('an admin proposes other policy data: simulated first, and somebody else has to accept it', async () => {
  const { page, context, wrong } = await as('p-admin');
  await page.goto(at('policy/drafts/new'));
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  const text = page.getByLabel('Policy data, JSON');
  const right = await text.inputValue();
  await text.fill(right.replace('"auditors": [', '"auditors": [ 7,'));
  await page.getByText('must be a text').waitFor();
  assert.ok(await page.getByRole('button', { name: '1. Simulate it' }).isDisabled());
  await text.fill(right.replace(/"tainted_quorum": 0/, '"tainted_quorum": 1'));
  await page.getByRole('button', { name: '1. Simulate it' }).click();
  await page.getByText('so this can be relied on').waitFor({ timeout: 60_000 });
  await page.screenshot({ path: `${OUT}/simulated.png`, fullPage: true });
  await page.getByRole('button', { name: '2. Propose it' }).click();
  await page.getByText('You wrote it. Another administrator decides.').waitFor({ timeout: 30_000 });
  assert.equal(await page.getByRole('button', { name: /Accept/ }).count(), 0);
  assert.deepEqual(wrong, []);
  await context.close();
});

const ctx = { step, as, at, OUT };
await operating(ctx, { fresh: { sysId: FRESH_SYS_ID, number: FRESH_NUMBER }, sick: { number: SICK_NUMBER, later: { number: LATER_NUMBER } } });

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

await tasks(ctx, { waiting: WAITING_NUMBER, ended: FRESH_NUMBER, revealed: NUMBER });

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
    home: '', runs: 'runs', 'run-played': `runs/${RUN}?until=99999999`, run: `runs/${RUN}`, 'run-compact': `runs/${RUN}?view=compact`, 'run-graph': `runs/${RUN}?view=graph`, 'run-raw': `runs/${RUN}?view=raw`,
    approvals: 'approvals', approved: `approvals/${RUN}/approve`, proof: 'proof', leaf: 'proof/leaf/20', compare: 'proof/compare', bundle: 'proof/bundle',
    workflows: 'workflows', workflow: 'workflows/itsm-triage', start: 'workflows/itsm-triage/start', policy: 'policy', decisions: 'policy/decisions', limits: 'policy/limits', simulations: 'policy/simulations', account: 'account', delegations: 'approvals?tab=delegations', 'cost-model': 'cost?by=model', connectors: 'connectors',
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
console.log(`${count} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
