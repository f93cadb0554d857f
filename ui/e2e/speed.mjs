// How fast the pages are, in Debian's Chromium on this machine: when the first page can be used from a cold cache (signing in
// and coming back on the way), and how a run of 10,000 events and a list of 100,000 runs scroll. The server here gives the
// built files and made-up data at once, so that the pages are measured and nothing else. `node e2e/speed.mjs` after
// `./build`; prints one JSON object.
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import { open, settled } from './browser.mjs';

const FILES = new URL('../target/classes/ai/rails/console/', import.meta.url).pathname;
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const RUNS = 100_000;
const EVENTS = 10_000;
const PER_STEP = 6;
const NOON = Date.parse('2026-03-02T12:00:00Z');
const HASH = 'ab'.repeat(32);
const FRAMES = 240;

const run = (i) => ({
  run: `018f0000-0000-7000-8000-${String(i).padStart(12, '0')}`, workspace: 'w', environment: 'dev', workflow: 'itsm-triage', version: '1.0.0',
  artifactDigest: `sha256:${HASH}`, trigger: 'servicenow', requester: 'servicenow-main', externalId: `INC${String(i).padStart(7, '0')}`,
  status: ['COMPLETED', 'RUNNING', 'FAILED'][i % 3], startedAt: NOON - i * 1000, ...(i % 3 === 1 ? {} : { endedAt: NOON - i * 1000 + 4200 }), position: RUNS - i,
});
function entry(i) {
  const step = `step-${Math.floor((i - 1) / PER_STEP)}`;
  const at = NOON + i * 37;
  const [entryType, event] =
    i === 0 ? ['TRIGGER_RECEIVED', { trigger: 'servicenow' }]
    : i === EVENTS - 1 ? ['WORKFLOW_COMPLETED', {}]
    : [
        ['STEP_SCHEDULED', { step, reason: 'READY' }],
        ['POLICY_EVALUATED', { step, decision: { effect: 'ALLOW' } }],
        ['TOOL_ACTION_INTENDED', { step, callId: `c-${i}`, connector: 'servicenow', action: 'get-incident' }],
        ['TOOL_ACTION_EXECUTED', { step, callId: `c-${i}`, outcome: 'SUCCEEDED' }],
        ['BUDGET_SETTLED', { step, nanos: 120_000, currency: 'USD' }],
        ['STEP_COMPLETED', { step, disclosed: {} }],
      ][(i - 1) % PER_STEP];
  return { position: i + 1, entryType, recordedAt: at, leafHash: HASH, header: { occurredAt: at - 20 }, event };
}
function page(query, all, make, name) {
  const from = Number(query.get('cursor') ?? 0);
  const to = Math.min(all, from + Number(query.get('limit') ?? 50));
  const items = [];
  for (let i = from; i < to; i++) items.push(make(i));
  return { items, ...(to < all ? { next: String(to) } : {}), ...name };
}
const feed = { state: 'FOLLOWING', folded: RUNS, lagEntries: 0, lagMillis: 0 };
const tenant = { tenant: 't', region: 'eu', cell: 'c1', status: 'ACTIVE', createdAt: NOON, position: 1, workspaces: [{ workspace: 'w', environments: ['dev'] }] };
function answer(url) {
  const parts = url.pathname.split('/');
  if (url.pathname === '/v1/runs') return page(url.searchParams, RUNS, run);
  if (parts[2] === 'runs' && parts[4] === 'events' && !parts[5]) return page(url.searchParams, EVENTS, entry);
  if (parts[2] === 'runs' && parts.length === 4) return { ...run(0), inputs: {}, waiting: [], steps: [], cost: [] };
  if (url.pathname.endsWith('/head')) return { origin: 'o', position: RUNS, leafHash: HASH, recordedAt: NOON };
  if (url.pathname === '/v1/tenants/t') return tenant;
  if (url.pathname === '/v1/projections') return { items: [], feed, checkpoints: feed };
  if (url.pathname === '/v1/costs') return { total: [], items: [], byWorkflow: [] };
  return { items: [] };
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${encode({ alg: 'none' })}.${encode({ tenant: 't', sub: 'p-operator', roles: ['operator', 'auditor'] })}.x`;
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://console');
  const give = (type, body, headers = {}) => {
    const packed = gzipSync(body);
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip', 'content-length': packed.length, 'content-security-policy': CSP, 'cache-control': 'no-store', ...headers });
    response.end(packed);
  };
  const json = (value) => give('application/json', JSON.stringify(value), { date: new Date(NOON + 1e6).toUTCString() });
  if (url.pathname === '/console.json') return json({ authorizationEndpoint: '/authorize', tokenEndpoint: '/token', clientId: 'console', development: false });
  if (url.pathname === '/authorize') return response.writeHead(302, { location: `/sign-in?code=c&state=${url.searchParams.get('state')}` }).end();
  if (url.pathname === '/token') return json({ access_token: token, expires_in: 3600 });
  if (url.pathname.endsWith('/stream')) return response.writeHead(204).end();
  if (url.pathname.startsWith('/v1/')) return json(answer(url));
  const file = path.join(FILES, path.normalize(url.pathname));
  const name = path.extname(file) && existsSync(file) ? file : path.join(FILES, 'index.html');
  const kept = url.pathname.startsWith('/assets/') ? { 'cache-control': 'public, max-age=31536000, immutable' } : {};
  return give(TYPES[path.extname(name)] ?? 'application/octet-stream', readFileSync(name), kept);
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await open();

/** Milliseconds until the first page shows its data and the main thread is free; every time another browser context. */
async function firstPage() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const p = await context.newPage();
  let bytes = 0;
  const client = await context.newCDPSession(p);
  await client.send('Network.enable');
  const scripts = new Set();
  client.on('Network.responseReceived', (e) => e.type === 'Script' && scripts.add(e.requestId));
  client.on('Network.loadingFinished', (e) => scripts.has(e.requestId) && (bytes += e.encodedDataLength));
  const began = performance.now();
  await p.goto(`${origin}/t/t/w/w`, { waitUntil: 'commit' });
  await p.locator('main#page h1').first().waitFor();
  await settled(p);
  await p.evaluate(() => new Promise((idle) => requestIdleCallback(idle)));
  const took = performance.now() - began;
  await context.close();
  return { took, kilobytes: bytes / 1000 };
}

/** Frames a second while the page's list is scrolled by 400 pixels a frame. */
async function scroll(address, list, ready) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const p = await context.newPage();
  await p.goto(origin + address);
  await p.locator(list).first().waitFor();
  await ready(p);
  await settled(p);
  const gaps = await p.evaluate(
    ([selector, frames]) =>
      new Promise((done) => {
        let at = document.querySelector(selector);
        while (at && at.scrollHeight <= at.clientHeight + 10) at = at.parentElement;
        const box = at ?? document.scrollingElement;
        const times = [];
        let last;
        const frame = (now) => {
          if (last !== undefined) times.push(now - last);
          last = now;
          box.scrollTop += 400;
          if (box.scrollTop + box.clientHeight >= box.scrollHeight - 500) box.scrollTop = 0;
          if (times.length < frames) requestAnimationFrame(frame);
          else done(times);
        };
        requestAnimationFrame(frame);
      }),
    [list, FRAMES],
  );
  await context.close();
  gaps.sort((a, b) => a - b);
  const fps = (percent) => Math.round(1000 / gaps[Math.ceil((percent / 100) * gaps.length) - 1]);
  return { medianFps: fps(50), p95Fps: fps(95), worstFps: fps(100) };
}

const first = [];
for (let i = 0; i < 5; i++) first.push(await firstPage());
first.sort((a, b) => a.took - b.took);
const wait = (text, limit) => (p) => p.getByText(text).first().waitFor({ timeout: limit });
const result = {
  firstPageMillis: { median: Math.round(first[2].took), worst: Math.round(first[4].took) },
  firstPageScriptKilobytes: Math.round(first[0].kilobytes),
  runOf10000Events: await scroll(`/t/t/w/w/runs/${run(0).run}`, '[role=treegrid]', wait('step-0', 60_000)),
  runOf10000EventsCompact: await scroll(`/t/t/w/w/runs/${run(0).run}?view=compact`, 'ol.compact', wait('step-0', 60_000)),
  listOf100000Runs: await scroll('/t/t/w/w/runs', '.list.runs .scroll', async (p) => {
    // To the end of all pages: what scrolls then is the whole list.
    await p.evaluate(async (all) => {
      const box = document.querySelector('.list.runs .scroll');
      const rows = () => Number(document.querySelector('.page-head .num').textContent.replace(/\D/g, ''));
      while (rows() < all) {
        box.scrollTop = box.scrollHeight;
        await new Promise((next) => setTimeout(next, 0));
      }
      box.scrollTop = 0;
    }, RUNS);
  }),
};
console.log(JSON.stringify(result, null, 2));
await browser.close();
server.close();
