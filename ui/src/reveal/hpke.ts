import { join, utf8, type Bytes } from '../ledger/merkle';

// HPKE (RFC 9180) in base mode with WebCrypto alone: HKDF-SHA256, AES-256-GCM, one message. What workers seal for a page is
// opened with DHKEM(P-256, HKDF-SHA256); what a page seals for workers, with DHKEM(X25519, HKDF-SHA256).

const PUBLIC = 65;
const NONE = new Uint8Array();

type Suite = { kem: Bytes; all: Bytes };
const suite = (kem: number): Suite => ({ kem: Uint8Array.of(...utf8('KEM'), kem >> 8, kem & 0xff), all: Uint8Array.of(...utf8('HPKE'), kem >> 8, kem & 0xff, 0x00, 0x01, 0x00, 0x02) });
const P256 = suite(0x0010);
const X25519 = suite(0x0020);

async function hmac(key: Bytes, ...parts: Bytes[]): Promise<Bytes> {
  // WebCrypto refuses an empty HMAC key; as HMAC pads with zeros, one zero byte is the same key.
  const raw = key.length === 0 ? new Uint8Array(1) : key;
  const imported = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, join(...parts)));
}

function labeledExtract(suite: Bytes, salt: Bytes, label: string, ikm: Bytes): Promise<Bytes> {
  return hmac(salt, utf8('HPKE-v1'), suite, utf8(label), ikm);
}

/** At most 32 bytes: one round of HKDF-Expand. */
async function labeledExpand(suite: Bytes, prk: Bytes, label: string, info: Bytes, length: number): Promise<Bytes> {
  const block = await hmac(prk, Uint8Array.of(length >> 8, length & 0xff), utf8('HPKE-v1'), suite, utf8(label), info, Uint8Array.of(1));
  return block.slice(0, length);
}

/** What both sides come to: the key of the one message and its nonce. */
async function schedule(of: Suite, dh: Bytes, enc: Bytes, recipient: Bytes, info: Bytes): Promise<{ key: Bytes; iv: Bytes }> {
  const eae = await labeledExtract(of.kem, NONE, 'eae_prk', dh);
  const shared = await labeledExpand(of.kem, eae, 'shared_secret', join(enc, recipient), 32);
  const context = join(Uint8Array.of(0), await labeledExtract(of.all, NONE, 'psk_id_hash', NONE), await labeledExtract(of.all, NONE, 'info_hash', info));
  const secret = await labeledExtract(of.all, shared, 'secret', NONE);
  return { key: await labeledExpand(of.all, secret, 'key', context, 32), iv: await labeledExpand(of.all, secret, 'base_nonce', context, 12) };
}

export type RevealKey = { publicKey: Bytes; open: (sealed: Bytes, info: Bytes) => Promise<Bytes> };

/** A key for one reveal. Its private half can not be taken out of the browser and goes with the page. */
export async function makeKey(): Promise<RevealKey> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
  return keyOf(pair.privateKey, new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
}

export function keyOf(privateKey: CryptoKey, publicKey: Bytes): RevealKey {
  return { publicKey, open: (sealed, info) => open(privateKey, publicKey, sealed, info) };
}

/** @throws if it was sealed to another key, for another reveal, or altered */
async function open(privateKey: CryptoKey, publicKey: Bytes, sealed: Bytes, info: Bytes): Promise<Bytes> {
  if (sealed.length < PUBLIC + 16) throw new Error('what was sealed is too short');
  const enc = sealed.slice(0, PUBLIC);
  const sender = await crypto.subtle.importKey('raw', enc, { name: 'ECDH', namedCurve: 'P-256' }, false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: sender }, privateKey, 256));
  const { key, iv } = await schedule(P256, dh, enc, publicKey, info);
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, aes, sealed.slice(PUBLIC)));
}

/** A key for one message. */
export async function ephemeral(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits'])) as CryptoKeyPair;
}

/** @returns the encapsulated key and the ciphertext, as RFC 9180 puts them one after the other */
export async function seal(recipient: Bytes, info: Bytes, plain: Bytes, own: CryptoKeyPair): Promise<Bytes> {
  const enc = new Uint8Array(await crypto.subtle.exportKey('raw', own.publicKey));
  const to = await crypto.subtle.importKey('raw', recipient, { name: 'X25519' }, false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: to }, own.privateKey, 256));
  const { key, iv } = await schedule(X25519, dh, enc, recipient, info);
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  return join(enc, new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, aes, plain)));
}
