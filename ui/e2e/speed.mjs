// How fast the pages are, in Debian's Chromium on this machine: when the first page can be used from a cold cache (signing in
// and coming back on the way), and how a run of 10,000 events and a list of 100,000 runs scroll. The server here gives the
// built files and made-up data at once, so that the pages are measured and nothing else. `node e2e/speed.mjs` after
// `./build`; prints one JSON object; `node e2e/speed.mjs first` measures the first page only, within a minute.
import { open, settled } from './browser.mjs';
import { NOON, run, serve } from './fixture.mjs';

const RUNS = 100_000;
const EVENTS = 10_000;
const HASH = 'ab'.repeat(32);
const FRAMES = 240;
const ID = run(0).run;

function entry(i) {
  const step = `step-${Math.floor((i - 1) / 6)}`;
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
      ][(i - 1) % 6];
  return { position: i + 1, entryType, recordedAt: at, leafHash: HASH, header: { occurredAt: at - 20 }, event };
}
function page(query, all, make) {
  const from = Number(query.get('cursor') ?? 0);
  const to = Math.min(all, from + Number(query.get('limit') ?? 50));
  const items = [];
  for (let i = from; i < to; i++) items.push(make(i));
  return { items, ...(to < all ? { next: String(to) } : {}) };
}
function more(_, url) {
  if (url.pathname === '/v1/runs') return page(url.searchParams, RUNS, run);
  if (url.pathname === `/v1/runs/${ID}/events`) return page(url.searchParams, EVENTS, entry);
  if (url.pathname === `/v1/runs/${ID}`) return { ...run(9), run: ID, inputs: {}, waiting: [], steps: [], cost: [] };
  return undefined;
}
const { origin, close } = await serve({ more });
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
const begun = { firstPageMillis: { median: Math.round(first[2].took), worst: Math.round(first[4].took) }, firstPageScriptKilobytes: Math.round(first[0].kilobytes) };
const result = process.argv[2] === 'first' ? begun : {
  ...begun,
  runOf10000Events: await scroll(`/t/t/w/w/runs/${ID}`, '[role=treegrid]', wait('step-0', 60_000)),
  runOf10000EventsCompact: await scroll(`/t/t/w/w/runs/${ID}?view=compact`, 'ol.compact', wait('step-0', 60_000)),
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
close();
