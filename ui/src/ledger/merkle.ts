// RFC 6962 and RFC 9162 over WebCrypto: everything a page says about a proof is computed by these few functions.

export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;

export async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', join(...parts)));
}

export function join(...parts: Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** @throws if it is not hex */
export function unhex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error('not lower-case hex');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Standard base64 with its padding; nothing else is accepted. */
export function unbase64(text: string): Bytes {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new Error('not base64');
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (leaf: Uint8Array): Promise<Bytes> => sha256(LEAF, leaf);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(NODE, left, right);

/** One rung of the ladder from a leaf to the root. */
export type Rung = { sibling: Bytes; side: 'left' | 'right'; from: number; to: number; result: Bytes };

/**
 * Climbs from a leaf to the root (RFC 9162 2.1.3.2).
 *
 * @param index of the leaf, from 0
 * @throws if the proof has not exactly the hashes that a tree of this size needs
 */
export async function climb(index: number, size: number, leaf: Bytes, proof: Bytes[]): Promise<{ root: Bytes; rungs: Rung[] }> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) throw new Error('the leaf is not in a tree of this size');
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  let level = 0;
  const rungs: Rung[] = [];
  for (const sibling of proof) {
    if (sn === 0) throw new Error('the proof is too long');
    if (fn % 2 === 1 || fn === sn) {
      hash = await nodeHash(sibling, hash);
      // At the right edge levels without a sibling are passed over.
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
        level++;
      }
      const from = (fn - 1) * 2 ** level;
      rungs.push({ sibling, side: 'left', from, to: from + 2 ** level - 1, result: hash });
    } else {
      const width = 2 ** level;
      const from = (fn + 1) * width;
      hash = await nodeHash(hash, sibling);
      rungs.push({ sibling, side: 'right', from, to: Math.min(from + width, size) - 1, result: hash });
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
    level++;
  }
  if (sn !== 0) throw new Error('the proof is too short');
  return { root: hash, rungs };
}

/** That a tree of `from` leaves is the beginning of one of `to` (RFC 9162 2.1.4.2). Gives both roots. */
export async function consistency(from: number, to: number, fromRoot: Bytes, proof: Bytes[]): Promise<{ old: Bytes; new: Bytes }> {
  if (from < 1 || from > to) throw new Error('the earlier tree is the larger one');
  if (from === to) {
    if (proof.length > 0) throw new Error('the proof is too long');
    return { old: fromRoot, new: fromRoot };
  }
  const path = (from & (from - 1)) === 0 && from < 2 ** 31 ? [fromRoot, ...proof] : [...proof];
  const first = path.shift();
  if (!first) throw new Error('the proof is too short');
  let fn = from - 1;
  let sn = to - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  let fr = first;
  let sr = first;
  for (const c of path) {
    if (sn === 0) throw new Error('the proof is too long');
    if (fn % 2 === 1 || fn === sn) {
      fr = await nodeHash(c, fr);
      sr = await nodeHash(c, sr);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      sr = await nodeHash(sr, c);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  if (sn !== 0) throw new Error('the proof is too short');
  return { old: fr, new: sr };
}
