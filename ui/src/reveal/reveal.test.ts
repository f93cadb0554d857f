import { describe, expect, it } from 'vitest';
import { unbase64, utf8, type Bytes } from '../ledger/merkle';
import { keyOf, makeKey, type RevealKey } from './hpke';
import { ask, base64, openReveal, type Reveal } from './reveal';
import vector from './vector.json';

// `vector.json` was sealed by the worker's own code (Tink, in Java); `RevealKeyTest` opens it too.

const url = (bytes: Bytes) => base64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

async function ours(): Promise<RevealKey> {
  const point = unbase64(vector.publicKey);
  const jwk = { kty: 'EC', crv: 'P-256', x: url(point.slice(1, 33)), y: url(point.slice(33)), d: url(unbase64(vector.privateKey)) };
  return keyOf(await crypto.subtle.importKey('jwk', jwk, { name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']), point);
}

const answered: Reveal = {
  reveal: vector.reveal,
  tenant: vector.tenant,
  run: vector.run,
  kind: 'GATE',
  name: 'approve',
  callDigest: vector.callDigest,
  keySha256: '813712a337fc9ed00b528371ea85af2297e1401f844b3239677756046b3ba19b',
  expiresAt: '2026-11-22T16:00:00Z',
  event: vector.event,
  state: 'SEALED',
  sealed: vector.sealed,
};

function flipped(text: string, at: number): string {
  const bytes = unbase64(text);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return base64(bytes);
}

describe('a reveal', () => {
  it('opens what the worker sealed, byte for byte', async () => {
    const opened = await (await ours()).open(unbase64(vector.sealed), utf8(vector.info));
    expect(base64(opened)).toBe(vector.plain);
  });

  it('shows the call whose digest is to be approved, and the record before it', async () => {
    const shown = await openReveal(await ours(), answered, vector.callDigest);
    expect(shown.call?.json).toMatchObject({ action: 'update-incident', params: { impact: '2', work_note: 'café' } });
    expect(shown.records).toEqual({ fetch: { impact: '3' } });
  });

  it('is refused with another digest, another key, another entry, another run, or one bit changed', async () => {
    const key = await ours();
    await expect(openReveal(key, answered, `sha256:${'0'.repeat(64)}`)).rejects.toThrow('not those of the call');
    await expect(openReveal(await makeKey(), answered)).rejects.toThrow('another key');
    await expect(openReveal(key, { ...answered, event: flipped(vector.event, 2) })).rejects.toThrow('not sealed to this page');
    await expect(openReveal(key, { ...answered, run: 'run-2' })).rejects.toThrow('not sealed to this page');
    await expect(openReveal(key, { ...answered, reveal: 'reveal-2' })).rejects.toThrow('not sealed to this page');
    await expect(openReveal(key, { ...answered, sealed: flipped(vector.sealed, 100) })).rejects.toThrow('not sealed to this page');
    await expect(openReveal(key, { ...answered, sealed: flipped(vector.sealed, 1) })).rejects.toThrow('not sealed to this page');
    await expect(openReveal(key, { ...answered, state: 'PENDING' })).rejects.toThrow('nothing was sealed');
  });

  it('asks with a key that can not be taken out of the browser', async () => {
    const body = ask('GATE', 'approve', await makeKey());
    const point = unbase64(body.publicKey);
    expect([point.length, point[0]]).toEqual([65, 4]);
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
    await expect(crypto.subtle.exportKey('pkcs8', pair.privateKey)).rejects.toThrow();
  });
});
