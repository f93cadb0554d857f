// A small OpenID provider that takes the standards at their word: code flow with PKCE (RFC 6749, 7636, S256 only), exact
// redirect addresses, codes good once and for a minute, refresh tokens that rotate, answers that name their issuer (RFC 9207),
// access tokens as RFC 9068 has them. Refuses whatever else.
import { createHash, generateKeyPairSync, randomBytes, sign, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

export async function provider({ client, redirect, origin, audience, person, port = 0 }) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const codes = new Map();
  const refreshes = new Map();
  const refused = [];
  const asked = [];
  const twist = {};
  const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const token = () => {
    const now = Math.floor(Date.now() / 1000);
    const body = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' })}.${encode({ iss: issuer, aud: audience, sub: person.sub, client_id: client, groups: person.roles, iat: now, exp: now + 600, jti: randomBytes(8).toString('hex') })}`;
    return `${body}.${sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  let issuer = '';
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, issuer);
    const json = (value, status = 200, headers = {}) => response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }).end(JSON.stringify(value));
    const no = (why, headers) => {
      refused.push(why);
      json({ error: 'invalid_grant', error_description: why }, 400, headers);
    };
    if (url.pathname === '/.well-known/openid-configuration') {
      return json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['ES256'], code_challenge_methods_supported: ['S256'], authorization_response_iss_parameter_supported: true });
    }
    if (url.pathname === '/jwks') return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }] });
    if (url.pathname === '/authorize') {
      const q = url.searchParams;
      asked.push(Object.fromEntries(q));
      // An unknown client or address is never redirected to.
      if (q.get('client_id') !== client || q.get('redirect_uri') !== redirect) return no('client or redirect_uri');
      const back = new URL(redirect);
      back.searchParams.set('state', twist.state ?? q.get('state') ?? '');
      back.searchParams.set('iss', twist.iss ?? issuer);
      if (q.get('response_type') !== 'code' || q.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(q.get('code_challenge') ?? '') || !(q.get('scope') ?? '').split(' ').includes('openid') || !q.get('state')) {
        refused.push('authorize');
        back.searchParams.set('error', 'invalid_request');
      } else {
        const code = randomBytes(16).toString('base64url');
        codes.set(code, { challenge: q.get('code_challenge'), until: Date.now() + 60_000 });
        back.searchParams.set('code', code);
      }
      return response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname === '/token') {
      const cors = { 'access-control-allow-origin': origin(), vary: 'origin' };
      let body = '';
      for await (const chunk of request) body += chunk;
      const form = new URLSearchParams(body);
      if (request.method !== 'POST' || request.headers['content-type'] !== 'application/x-www-form-urlencoded' || request.headers.origin !== origin()) return no('not a form from the console', cors);
      if (request.headers.authorization || request.headers.cookie || form.get('client_secret')) return no('a public client has no secret', cors);
      if (form.get('client_id') !== client) return no('client_id', cors);
      if (form.get('grant_type') === 'refresh_token') {
        if (!refreshes.delete(form.get('refresh_token'))) return no('refresh_token', cors);
      } else {
        const grant = codes.get(form.get('code'));
        codes.delete(form.get('code'));
        const verifier = form.get('code_verifier') ?? '';
        const made = createHash('sha256').update(verifier).digest('base64url');
        if (form.get('grant_type') !== 'authorization_code' || !grant || grant.until < Date.now() || form.get('redirect_uri') !== redirect || !/^[\w.~-]{43,128}$/.test(verifier) || !timingSafeEqual(Buffer.from(made), Buffer.from(grant.challenge))) return no('code', cors);
      }
      const refresh = randomBytes(16).toString('base64url');
      refreshes.set(refresh, true);
      return json({ access_token: token(), token_type: 'Bearer', expires_in: 600, refresh_token: refresh }, 200, cors);
    }
    return response.writeHead(404).end();
  });
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  issuer = `http://127.0.0.1:${server.address().port}`;
  return { issuer, publicKey, refused, asked, twist, close: () => server.close() };
}
