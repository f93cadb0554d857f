import type { components } from '../api/write';
import { hex, sha256, unbase64, utf8, type Bytes } from '../ledger/merkle';
import type { RevealKey } from './hpke';

// What a person is shown of a run's sealed content. Everything is checked here: that the answer is for the key that this page
// made, that it belongs to the entry in the log, and that a call's bytes are those of the digest that is to be approved.

export type Reveal = components['schemas']['Reveal'];
export type Part = { kind: 'CALL' | 'OUTPUT' | 'INPUT' | 'COMMENT'; name: string; bytes: Bytes; json: unknown };
export type Shown = { parts: Part[]; call?: Part; records: Record<string, unknown> };
export type Kind = Reveal['kind'] | 'THREAD';

export function base64(bytes: Bytes): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Body of `POST /v1/runs/{run}/reveals`. */
export function ask(kind: Kind, name: string, key: RevealKey): components['schemas']['AskReveal'] {
  return { kind: kind as Reveal['kind'], name, publicKey: base64(key.publicKey) };
}

/**
 * Opens a reveal in state SEALED.
 *
 * @param callDigest of the call that the page shows; a gate's is in the gate
 * @throws with a sentence if anything is not as it was asked for
 */
export async function openReveal(key: RevealKey, reveal: Reveal, callDigest?: string): Promise<Shown> {
  if (reveal.state !== 'SEALED' || !reveal.sealed) throw new Error('nothing was sealed yet');
  const thumbprint = hex(await sha256(key.publicKey));
  if (reveal.keySha256 !== thumbprint) throw new Error('the log names another key than this page made');
  const event = hex(await sha256(unbase64(reveal.event)));
  const info = utf8(['airails', '1', 'reveal', reveal.tenant, reveal.run, reveal.reveal, thumbprint, event].join('|'));
  const plain = await key.open(unbase64(reveal.sealed), info).catch(() => {
    throw new Error('this was not sealed to this page for this reveal');
  });
  const parts = parse(plain);
  const call = parts.find((part) => part.kind === 'CALL');
  if (callDigest) {
    if (!call) throw new Error('the call is not in what was sealed');
    if (`sha256:${hex(await sha256(call.bytes))}` !== callDigest) throw new Error('these arguments are not those of the call that is to be approved');
  }
  const records = Object.fromEntries(parts.filter((part) => part.kind === 'OUTPUT').map((part) => [part.name, part.json]));
  return { parts, ...(call ? { call } : {}), records };
}

function parse(plain: Bytes): Part[] {
  const shown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain)) as { parts?: { kind: Part['kind']; name: string; bytes: string }[] };
  if (!Array.isArray(shown.parts)) throw new Error('what was sealed has no parts');
  return shown.parts.map((part) => {
    const bytes = unbase64(part.bytes);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { kind: part.kind, name: part.name, bytes, json: part.kind === 'COMMENT' ? text : (JSON.parse(text) as unknown) };
  });
}
