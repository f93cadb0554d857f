// Signing in at an OpenID provider, on the whole product: discovery, code flow with PKCE, an access token that the server
// verifies by the provider's own keys, and a decision made with it. The provider (provider.mjs) takes the standards at their
// word. Ends with 0 only if everything held.
import assert from 'node:assert/strict';
import { axe, folder, open, settled } from './browser.mjs';
import { provider } from './provider.mjs';

const { ORIGIN, ISSUER_PORT, AUDIENCE, TENANT, WORKSPACE, RUN, NUMBER } = process.env;
const OUT = folder(process.env.OUT ?? 'target/e2e');
const at = (rest = '') => `${ORIGIN}/t/${TENANT}/w/${WORKSPACE}${rest ? `/${rest}` : ''}`;
const person = { sub: 'dana', roles: ['approver'] };
const idp = await provider({ client: 'airails-console', redirect: `${ORIGIN}/sign-in`, origin: () => ORIGIN, audience: AUDIENCE, person, port: Number(ISSUER_PORT) });
const browser = await open();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
const wrong = [];
page.on('console', (m) => m.type() === 'error' && !/Failed to load resource/.test(m.text()) && wrong.push(m.text()));
page.on('pageerror', (e) => wrong.push(String(e)));
let count = 0;

async function step(name, body) {
  const began = Date.now();
  try {
    await body();
    count++;
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (failure) {
    for (const [i, each] of browser.contexts().entries()) await each.pages()[0]?.screenshot({ path: `${OUT}/failed-openid-${i}.png` }).catch(() => {});
    console.log(`FAIL ${name}\n${failure.stack}`);
    await browser.close();
    process.exit(1);
  }
}

await step('nobody can pick who he is any more', async () => {
  for (const path of ['/development/authorize', '/development/enter/x', '/development/jwks.json']) assert.equal((await context.request.get(ORIGIN + path)).status(), 404, path);
});

await step('a deep link goes by way of the provider and comes back signed in', async () => {
  await page.goto(at(`runs/${RUN}`));
  await page.getByRole('heading', { name: NUMBER }).waitFor({ timeout: 30_000 });
  assert.equal(new URL(page.url()).pathname, new URL(at(`runs/${RUN}`)).pathname);
  await page.getByRole('button', { name: /Account of acme\|dana/ }).waitFor();
  assert.equal(idp.asked[0].code_challenge_method, 'S256');
  assert.match(idp.asked[0].code_challenge, /^[\w-]{43}$/);
  assert.deepEqual(idp.refused, []);
  assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]).includes('eyJ')), false, 'no token is kept outside of memory');
});

await step('whom the provider vouches for approves, and the run ends', async () => {
  await page.getByRole('link', { name: 'Review and decide' }).click();
  await page.getByRole('button', { name: /Approve this call/ }).click();
  await page.locator('.page-head .chip', { hasText: 'Approved' }).waitFor({ timeout: 30_000 });
  await page.getByLabel('History').getByText('acme|dana').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.goto(at(`runs/${RUN}`));
  await page.locator('.page-head .chip', { hasText: 'Completed' }).waitFor({ timeout: 60_000 });
  await settled(page);
  await page.screenshot({ path: `${OUT}/openid.png` });
});

await step('whoever has no role here is told so, and can be somebody else', async () => {
  Object.assign(person, { sub: 'erin', roles: [] });
  const stranger = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await stranger.goto(at(`runs/${RUN}`));
  await stranger.getByRole('heading', { name: 'You have no role here yet' }).waitFor({ timeout: 30_000 });
  await stranger.getByText('acme knows you').waitFor();
  assert.equal(await stranger.getByText(NUMBER).count(), 0);
  assert.deepEqual(await axe(stranger), []);
  await stranger.screenshot({ path: `${OUT}/no-role.png` });
  Object.assign(person, { sub: 'dana', roles: ['approver'] });
  await stranger.getByRole('button', { name: 'Sign in as somebody else' }).click();
  await stranger.getByRole('heading', { name: 'Home' }).waitFor({ timeout: 30_000 });
  assert.equal(idp.asked.at(-1).prompt, 'select_account');
});

assert.deepEqual(wrong, []);
await browser.close();
idp.close();
console.log(`${count} passed, 0 failed`);
process.exit(0);
