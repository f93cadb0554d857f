import { describe, expect, it } from 'vitest';
import { unbase64 } from '../ledger/merkle';
import { ingestKey, sealTo } from './seal';
import vector from './sealed.json';

// `sealed.json` is what this page seals with a fixed key of its own; `KeysTest` (Java, Tink) opens it.

async function own(): Promise<CryptoKeyPair> {
  const jwk = { kty: 'OKP', crv: 'X25519', d: vector.own.d, x: vector.own.x };
  return {
    privateKey: await crypto.subtle.importKey('jwk', jwk, { name: 'X25519' }, false, ['deriveBits']),
    publicKey: await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'X25519', x: vector.own.x }, { name: 'X25519' }, true, []),
  };
}

describe('sealing to a version', () => {
  it('makes what the worker opens, byte for byte', async () => {
    expect(await sealTo(vector.publicKeyset, vector.info, vector.plain, await own())).toBe(vector.sealed);
  });

  it('uses another key for each message', async () => {
    const [a, b] = [await sealTo(vector.publicKeyset, vector.info, vector.plain), await sealTo(vector.publicKeyset, vector.info, vector.plain)];
    expect(a).not.toBe(b);
    expect(unbase64(a).slice(0, 5)).toEqual(unbase64(vector.sealed).slice(0, 5));
  });

  it('refuses what is no such keyset', () => {
    const keyset = unbase64(vector.publicKeyset);
    for (const broken of [new Uint8Array(), keyset.slice(0, 20), Uint8Array.of(0xff, ...keyset)]) expect(() => ingestKey(broken)).toThrow(/keyset|kind/);
    for (let at = 0; at < keyset.length; at++) {
      const changed = keyset.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      try {
        expect(ingestKey(changed).publicKey).toHaveLength(32);
      } catch (failure) {
        expect(String(failure)).toMatch(/keyset|kind/);
      }
    }
  });
});
