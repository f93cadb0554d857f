import { hex, join, sha256, unbase64, utf8, type Bytes } from './merkle';

// C2SP signed notes, checkpoints, cosignatures and tlog-proofs.

export type NoteSignature = { name: string; keyId: string; bytes: Bytes };
export type Checkpoint = { text: string; origin: string; size: number; root: Bytes; signatures: NoteSignature[] };
export type Verifier = { name: string; keyId: string; algorithm: number; key: Bytes; vkey: string };

const ED25519 = 1;
const COSIGNATURE = 4;
const DASH = '\u2014 ';

/** @throws with a sentence if it is not a checkpoint */
export function parseCheckpoint(note: string): Checkpoint {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw new Error('a signed note has a blank line before its signatures and ends with a line');
  const text = note.slice(0, split + 1);
  const [origin, size, root, ...extra] = text.slice(0, -1).split('\n');
  if (!origin || !size || !root || extra.some((line) => line === '')) throw new Error('a checkpoint has an origin, a size and a root');
  if (!/^(0|[1-9]\d{0,15})$/.test(size)) throw new Error('the size of a checkpoint is a number');
  const hash = unbase64(root);
  if (hash.length !== 32) throw new Error('the root of a checkpoint has 32 bytes');
  const signatures = note
    .slice(split + 2, -1)
    .split('\n')
    .map((line) => {
      const [name, sig, more] = line.startsWith(DASH) ? line.slice(DASH.length).split(' ') : [];
      if (!name || !sig || more !== undefined) throw new Error('a line after the text is no signature');
      const bytes = unbase64(sig);
      if (bytes.length < 5) throw new Error('a signature is too short');
      return { name, keyId: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
    });
  return { text, origin, size: Number(size), root: hash, signatures };
}

/** `name+id+base64(algorithm, key)`; the id must be that of the key. */
export async function parseVkey(vkey: string): Promise<Verifier> {
  const parts = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey);
  const [, name, keyId, encoded] = parts ?? [];
  if (!name || !keyId || !encoded) throw new Error('a verifier key is name+id+base64');
  const bytes = unbase64(encoded);
  const id = hex((await sha256(utf8(`${name}\n`), bytes)).slice(0, 4));
  if (id !== keyId) throw new Error(`the id of the key of ${name} is ${id}, not ${keyId}`);
  return { name, keyId, algorithm: bytes[0] ?? 0, key: bytes.slice(1), vkey };
}

async function ed25519(key: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', imported, signature, message);
}

/** Whether one of the note's signatures is this key's. */
export async function signedBy(checkpoint: Checkpoint, verifier: Verifier): Promise<{ ok: boolean; at?: number }> {
  for (const signature of checkpoint.signatures) {
    if (signature.name !== verifier.name || signature.keyId !== verifier.keyId) continue;
    if (verifier.algorithm === ED25519) {
      if (await ed25519(verifier.key, signature.bytes, utf8(checkpoint.text))) return { ok: true };
    } else if (verifier.algorithm === COSIGNATURE && signature.bytes.length === 72) {
      const time = new DataView(signature.bytes.buffer, signature.bytes.byteOffset, 8).getBigUint64(0);
      const message = utf8(`cosignature/v1\ntime ${time}\n${checkpoint.text}`);
      if (await ed25519(verifier.key, signature.bytes.slice(8), message)) return { ok: true, at: Number(time) * 1_000 };
    }
  }
  return { ok: false };
}

export type TlogProof = { index: number; hashes: Bytes[]; note: string; checkpoint: Checkpoint };

/** @throws with a sentence if it is no C2SP tlog-proof@v1 */
export function parseProof(text: string): TlogProof {
  const split = text.indexOf('\n\n');
  if (split < 0) throw new Error('a proof has a blank line before its checkpoint');
  const lines = text.slice(0, split).split('\n');
  if (lines[0] !== 'c2sp.org/tlog-proof@v1') throw new Error('the proof is not of c2sp.org/tlog-proof@v1');
  let at = 1;
  if (lines[at]?.startsWith('extra ')) at++;
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines[at] ?? '')?.[1];
  if (index === undefined) throw new Error('the proof does not say which leaf it is about');
  const hashes = lines.slice(at + 1).map(unbase64);
  if (hashes.some((h) => h.length !== 32)) throw new Error('a hash of the proof has not 32 bytes');
  const note = text.slice(split + 2);
  return { index: Number(index), hashes, note, checkpoint: parseCheckpoint(note) };
}

export type Policy = { logs: Verifier[]; witnesses: Map<string, Verifier>; groups: Map<string, { least: number; members: string[] }>; quorum: string };

/** C2SP tlog-policy: whose checkpoints are believed, and how many witnesses must have seen them. */
export async function parsePolicy(text: string): Promise<Policy> {
  const policy: Policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: 'none' };
  for (const line of text.split('\n')) {
    const words = line.split('#')[0]?.trim().split(/\s+/).filter(Boolean) ?? [];
    const [kind, first, second, ...rest] = words;
    if (!kind || !first) continue;
    if (kind === 'log') policy.logs.push(await parseVkey(first));
    else if (kind === 'witness' && second) policy.witnesses.set(first, await parseVkey(second));
    else if (kind === 'group' && second) policy.groups.set(first, { least: second === 'any' ? 1 : second === 'all' ? rest.length : Number(second), members: rest });
    else if (kind === 'quorum') policy.quorum = first;
    else throw new Error(`the policy has a line that is not understood: ${line}`);
  }
  return policy;
}

export type Judged = { log: boolean; known: boolean; witnesses: { name: string; ok: boolean; at?: number }[]; quorum: boolean; needs: string };

/** A cell signs all its logs with one key; a policy may name it once, by what the origins begin with. */
async function forLog(policy: Policy, origin: string): Promise<Verifier[]> {
  const own = policy.logs.filter((log) => origin === log.name || origin.startsWith(`${log.name}/`));
  return Promise.all(
    own.map(async (log) => {
      const typed = join(Uint8Array.of(log.algorithm), log.key);
      return { ...log, name: origin, keyId: hex((await sha256(utf8(`${origin}\n`), typed)).slice(0, 4)) };
    }),
  );
}

/** What a policy says of a checkpoint. */
export async function judge(checkpoint: Checkpoint, policy: Policy): Promise<Judged> {
  const keys = await forLog(policy, checkpoint.origin);
  let log = false;
  for (const key of keys) log ||= (await signedBy(checkpoint, key)).ok;
  const witnesses: Judged['witnesses'] = [];
  for (const [name, key] of policy.witnesses) {
    const seen = await signedBy(checkpoint, key);
    witnesses.push({ name, ...seen });
  }
  const met = (name: string, depth = 0): boolean => {
    if (name === 'none') return true;
    const group = policy.groups.get(name);
    if (group) return depth < 8 && group.members.filter((m) => met(m, depth + 1)).length >= group.least;
    return witnesses.some((w) => w.name === name && w.ok);
  };
  return { log, known: keys.length > 0, witnesses, quorum: met(policy.quorum), needs: policy.quorum };
}

/** DSSE's pre-authentication encoding. */
export function pae(type: string, payload: Bytes): Bytes {
  return join(utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `), payload);
}

/** An ECDSA signature in DER as WebCrypto wants it: r and s, 32 bytes each. */
export function rawSignature(der: Bytes): Bytes {
  let at = 2;
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new Error('the signature is not DER');
  const raw = new Uint8Array(64);
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    if (der[at] !== 0x02 || length < 1 || length > 33) throw new Error('the signature is not DER');
    let number = der.slice(at + 2, at + 2 + length);
    if (number[0] === 0) number = number.slice(1);
    if (number.length > 32) throw new Error('the signature is too long');
    raw.set(number, end - number.length);
    at += 2 + length;
  }
  if (at !== der.length) throw new Error('the signature is not DER');
  return raw;
}

export async function ecdsaKey(pem: string): Promise<CryptoKey> {
  const body = pem.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '');
  return crypto.subtle.importKey('spki', unbase64(body), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
}

export async function ecdsaVerifies(key: CryptoKey, der: Bytes, message: Bytes): Promise<boolean> {
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, rawSignature(der), message);
}
