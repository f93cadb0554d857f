import { join, unbase64, utf8, type Bytes } from '../ledger/merkle';
import { ephemeral, seal } from './hpke';
import { base64 } from './reveal';

// What somebody types that the control plane must not read: sealed here to the ingest key of a workflow version, whose private
// half only attested workers get. The server takes the ciphertext and sees whose key it names, no more.

type Parsed = Map<number, (number | Bytes)[]>;

/** One message of protocol buffers: numbers and bytes by field. */
function message(bytes: Bytes): Parsed {
  const fields: Parsed = new Map();
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 2 ** 49) throw new Error('the key that the server gave is no keyset');
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    const wire = tag % 8;
    if (wire !== 0 && wire !== 2) throw new Error('the key that the server gave is no keyset');
    let value: number | Bytes = number();
    if (wire === 2) {
      const end = at + value;
      if (end > bytes.length) throw new Error('the key that the server gave is no keyset');
      value = bytes.slice(at, end);
      at = end;
    }
    const field = Math.floor(tag / 8);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const one = (fields: Parsed, field: number): number => Number(fields.get(field)?.[0] ?? 0);
const part = (fields: Parsed, field: number): Bytes => {
  const value = fields.get(field)?.[0];
  return value instanceof Uint8Array ? value : new Uint8Array();
};

/** The key of a public keyset as Tink writes it: HPKE with X25519, HKDF-SHA256 and AES-256-GCM, named by its id. */
export function ingestKey(keyset: Bytes): { id: number; publicKey: Bytes } {
  const whole = message(keyset);
  const id = one(whole, 1);
  for (const entry of whole.get(2) ?? []) {
    const key = message(entry as Bytes);
    if (one(key, 3) !== id) continue;
    const data = message(part(key, 1));
    const type = new TextDecoder().decode(part(data, 1));
    const hpke = message(part(data, 2));
    const params = message(part(hpke, 2));
    const publicKey = part(hpke, 3);
    const known = type === 'type.googleapis.com/google.crypto.tink.HpkePublicKey' && one(params, 1) === 1 && one(params, 2) === 1 && one(params, 3) === 2;
    if (known && one(key, 4) === 1 && publicKey.length === 32) return { id, publicKey };
  }
  throw new Error('the key that the server gave is of a kind that this page does not know');
}

/**
 * @param keyset base64, `ingestPublicKey` of a version
 * @param info what it is for; it opens for that only
 * @param own key for this one message; made here unless it is given
 * @returns base64, with the key's id before it
 */
export async function sealTo(keyset: string, info: string, plain: string, own?: CryptoKeyPair): Promise<string> {
  const { id, publicKey } = ingestKey(unbase64(keyset));
  const named = Uint8Array.of(1, (id >>> 24) & 0xff, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff);
  return base64(join(named, await seal(publicKey, utf8(info), utf8(plain), own ?? (await ephemeral()))));
}
