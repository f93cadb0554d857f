// Signing in at a real OpenID provider, and signing an approval with a passkey, in Debian's Chromium with its virtual
// authenticator; the server is made up (fixture.mjs), what it checks is not: tokens and signatures are verified.
// `node e2e/signing.mjs` after `./build`. Ends with 0 only if everything held.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { folder, open } from './browser.mjs';
import { RUN, serve, sha } from './fixture.mjs';
import { provider } from './provider.mjs';

const OUT = folder(process.env.OUT ?? 'target/e2e');
const AUDIENCE = 'https://airails.dev/api';
const GATE = '018f0000-0000-7000-8000-000000000002';
const browser = await open();
let idp;
let site;
const keys = new Map();
const challenges = new Map();
const decided = [];

function bearer(request) {
  const [head, body, signature] = (request.headers.authorization ?? '').replace('Bearer ', '').split('.');
  if (!signature || !verify('sha256', Buffer.from(`${head}.${body}`), { key: idp.publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) return undefined;
  const claims = JSON.parse(Buffer.from(body, 'base64url'));
  return claims.iss === idp.issuer && claims.aud === AUDIENCE && claims.exp > Date.now() / 1000 ? { tenant: 't', subject: `acme|${claims.sub}`, roles: claims.groups } : undefined;
}

/** The public key that an authenticator made: the COSE key at the end of its authenticator data (ES256: -2 is x, -3 is y). */
function coseKey(attestation) {
  const bytes = Buffer.from(attestation, 'base64url');
  const coordinate = (label) => {
    const at = bytes.lastIndexOf(Buffer.from([label, 0x58, 0x20]));
    return bytes.subarray(at + 3, at + 35).toString('base64url');
  };
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: coordinate(0x21), y: coordinate(0x22) }, format: 'jwk' });
}

function clientData(text, type, challenge) {
  const data = JSON.parse(Buffer.from(text, 'base64url'));
  assert.deepEqual([data.type, data.challenge, data.origin], [type, challenge, site.origin]);
}

function more(request, url, body) {
  const who = bearer(request);
  if (!who) return { status: 401, type: 'about:blank', title: 'Signed out', detail: 'no valid token', code: 'UNAUTHENTICATED', instance: '' };
  if (url.pathname === '/v1/me') return who.roles.length > 0 ? who : { status: 403, type: 'about:blank', title: 'Not for you', detail: 'GET /v1/me needs a role', code: 'FORBIDDEN', instance: '' };
  const challenge = (of) => {
    const made = { id: randomBytes(8).toString('hex'), challenge: createHash('sha256').update(JSON.stringify(of)).update(randomBytes(16)).digest('base64url') };
    challenges.set(made.id, { ...made, of });
    return made;
  };
  if (request.method === 'POST' && url.pathname === '/v1/passkey-challenges') return { ...challenge('new'), rp: { id: 'localhost', name: 'AI Rails' }, user: { id: Buffer.from(who.subject).toString('base64url'), name: who.subject, displayName: who.subject }, pubKeyCredParams: [{ type: 'public-key', alg: -7 }], excludeCredentials: [], authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' }, attestation: 'none', timeout: 60_000 };
  if (request.method === 'POST' && url.pathname === '/v1/passkeys') {
    const asked = challenges.get(body.challenge);
    challenges.delete(body.challenge);
    clientData(body.clientDataJson, 'webauthn.create', asked.challenge);
    keys.set('one', coseKey(body.attestationObject));
    return { position: 1 };
  }
  if (url.pathname === '/access/v1/says') return { roles: who.roles };
  if (url.pathname === '/access/v1/passkeys') return { items: [...keys.keys()].map((k) => ({ passkey: sha(k), subject: who.subject, label: 'Laptop', credential: '', publicKey: '', state: 'ACTIVE', deviceBound: true, createdAt: Date.parse('2026-03-01T09:00:00Z') })) };
  if (request.method === 'POST' && url.pathname === '/v1/gate-challenges' && keys.size === 0) return { status: 409, type: 'about:blank', title: 'No passkey', detail: 'you have no passkey that counts; register one in the console', code: 'NO_PASSKEY', instance: '' };
  if (request.method === 'POST' && url.pathname === '/v1/gate-challenges') return { ...challenge(body.items), rpId: 'localhost', allowCredentials: [{ type: 'public-key', id: credential }], userVerification: 'required', timeout: 60_000, expiresAt: Date.now() + 300_000 };
  if (request.method === 'POST' && (url.pathname.endsWith('/decisions') || url.pathname === '/v1/gate-decisions')) {
    const a = body.assertion;
    if (a) {
      const asked = challenges.get(a.challenge);
      challenges.delete(a.challenge);
      clientData(a.clientDataJson, 'webauthn.get', asked.challenge);
      const authenticator = Buffer.from(a.authenticatorData, 'base64url');
      assert.equal(authenticator[32] & 0x05, 0x05, 'present and verified');
      const hash = createHash('sha256').update(Buffer.from(a.clientDataJson, 'base64url')).digest();
      assert.ok(verify('sha256', Buffer.concat([authenticator, hash]), keys.get('one'), Buffer.from(a.signature, 'base64url')), 'the passkey signed');
      decided.push({ signedOver: asked.of, body });
    } else decided.push({ body });
    return url.pathname === '/v1/gate-decisions' ? { decided: body.items.length, items: body.items.map((i) => ({ ...i, decided: true, position: 2 })) } : { position: 2 };
  }
  return undefined;
}
let credential = '';

async function step(name, body) {
  try {
    await body();
    console.log(`ok   ${name}`);
  } catch (failure) {
    for (const context of browser.contexts()) await context.pages()[0]?.screenshot({ path: `${OUT}/failed-signing.png` }).catch(() => {});
    console.log(`FAIL ${name}\n${failure.stack}`);
    await browser.close();
    process.exit(1);
  }
}

// The provider knows the page's address and the page the provider's: first one, then the other.
const settings = { providers: [], development: false };
let csp = '';
const vouched = { sub: 'dana', roles: ['approver'] };
const port = 20_000 + Math.floor(Math.random() * 20_000);
idp = await provider({ client: 'console', redirect: `http://localhost:${port}/sign-in`, origin: () => `http://localhost:${port}`, audience: AUDIENCE, person: vouched });
csp = idp.issuer;
settings.providers.push({ name: 'acme', issuer: idp.issuer, authorizationEndpoint: `${idp.issuer}/authorize`, tokenEndpoint: `${idp.issuer}/token`, clientId: 'console', scope: 'openid offline_access', namesItself: true });
site = await serve({ more, settings, csp, port });
const at = (rest) => `${site.origin}/t/t/w/w/${rest}`;

const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
const wrong = [];
page.on('console', (m) => m.type() === 'error' && !/Failed to load resource/.test(m.text()) && wrong.push(m.text()));
page.on('pageerror', (e) => wrong.push(String(e)));

await step('a deep link goes by way of the provider and comes back, with PKCE and no secret', async () => {
  await page.goto(at('approvals'));
  await page.getByRole('heading', { name: 'Approvals' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/t/t/w/w/approvals');
  assert.equal(idp.asked[0].code_challenge_method, 'S256');
  assert.deepEqual(idp.refused, []);
  await page.getByRole('button', { name: /Account of acme\|dana/ }).waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]).includes('eyJ')), false, 'no token is kept outside of memory');
});

await step("another provider's answer, and an answer to nobody's question, are refused", async () => {
  idp.twist.iss = 'https://evil.example';
  await page.goto(at('runs'));
  await page.getByText('came from another identity provider').waitFor();
  delete idp.twist.iss;
  idp.twist.state = 'forged';
  await page.goto(at('runs'));
  await page.getByText('was not started here').waitFor();
  delete idp.twist.state;
  await page.goto(`${site.origin}/sign-in?code=stolen&state=x&iss=${encodeURIComponent(idp.issuer)}`);
  await page.getByText('was not started here').waitFor();
});

const cdp = await context.newCDPSession(page);
await cdp.send('WebAuthn.enable');
const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });

await step('whoever has no role is told so, and can be somebody else', async () => {
  Object.assign(vouched, { sub: 'erin', roles: [] });
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(at('approvals'));
  await stranger.getByRole('heading', { name: 'You have no role here yet' }).waitFor();
  Object.assign(vouched, { sub: 'dana', roles: ['approver'] });
  await stranger.getByRole('button', { name: 'Sign in as somebody else' }).click();
  await stranger.getByRole('heading', { name: 'Home' }).waitFor();
  assert.equal(idp.asked.at(-1).prompt, 'select_account');
  await stranger.context().close();
});

await step('without a passkey one is told where to get one', async () => {
  await page.goto(at(`approvals/${GATE}/approve-write`));
  await page.getByRole('button', { name: /Approve with passkey/ }).click();
  await page.getByText('you have no passkey that counts').waitFor();
  assert.equal(decided.length, 0);
});

await step('a passkey is registered', async () => {
  await page.goto(at('account'));
  await page.getByRole('button', { name: 'Register one…' }).click();
  await page.getByLabel(/What you call it/).fill('Laptop');
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('counts').waitFor();
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  credential = Buffer.from(credentials[0].credentialId, 'base64').toString('base64url');
});

await step('an approval is signed: exactly the call that was shown, user verified', async () => {
  await page.goto(at(`approvals/${GATE}/approve-write`));
  await page.getByRole('button', { name: /Approve with passkey/ }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => document.querySelector('[role=status].toast')?.textContent?.includes('Approved'));
  const { signedOver, body } = decided.at(-1);
  assert.deepEqual(signedOver, [{ run: GATE, gate: 'approve-write', callDigest: `sha256:${sha('call 2')}` }]);
  assert.equal(body.verdict, 'APPROVE');
});

await step('several are decided together by keyboard only, one signature over the list', async () => {
  await page.goto(at('approvals'));
  await page.locator('[data-current=true]').waitFor();
  // The second and fifth of the inbox are refunds; one of them wants a signature.
  for (const key of ['j', 'x', 'j', 'j', 'j', 'x', 'b']) await page.keyboard.press(key);
  await page.getByText('pay in refund, 2 calls').waitFor();
  await page.screenshot({ path: `${OUT}/batch.png` });
  await page.keyboard.press('Control+Enter');
  await page.getByText('2 of 2 decided').waitFor();
  const { signedOver, body } = decided.at(-1);
  assert.deepEqual(signedOver, body.items);
  assert.equal(body.items.length, 2);
});

await step('a say is handed to somebody, and what may not be is said before it is asked', async () => {
  await page.goto(at(`approvals/${RUN}/approve-write`));
  await page.getByRole('button', { name: 'Delegate…' }).click();
  await page.getByLabel('Person').fill('p-builder');
  await page.getByText('so he may not decide it').waitFor();
  await page.getByLabel('Person').fill('p-approver-2');
  await page.getByRole('button', { name: 'Hand it to p-approver-2' }).click();
  await page.waitForFunction(() => !document.querySelector('dialog[open]'));
});

assert.deepEqual(wrong, []);
await browser.close();
site.close();
idp.close();
console.log('all held');
process.exit(0);
