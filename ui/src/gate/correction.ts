import { canonical } from '../lib/jcs';
import { hex, sha256, utf8 } from '../ledger/merkle';
import { base64, type Part } from '../reveal/reveal';
import { sealTo } from '../reveal/seal';

// A correction is made here, in the browser that was shown the call: the corrected call's digest, which a worker's own rendering
// must meet, and the new values sealed to workers. The server learns which parameters were corrected, not what they are now.

export type Corrected = { callDigest: string; correctedDigest: string; fields: string[]; correction: string };
export type Place = { tenant: string; run: string; gate: string; callDigest: string };

/**
 * @param call as it was revealed and checked
 * @param changed the new values by parameter
 * @param keyset of the version that runs, `ingestPublicKey`
 * @throws with a sentence if the call is not in the one form that its digest is about
 */
export async function correct(place: Place, call: Part, changed: Record<string, unknown>, keyset: string, random = crypto.getRandomValues(new Uint8Array(32))): Promise<Corrected> {
  const shown = call.json as { params: Record<string, unknown> };
  if (canonical(shown) !== new TextDecoder().decode(call.bytes)) throw new Error('This call has a number or text that this page can not write again exactly. Deny it, and have it made anew.');
  const fields = Object.keys(changed);
  if (fields.length === 0) throw new Error('Nothing was corrected.');
  for (const field of fields) if (!(field in shown.params)) throw new Error(`The call has no parameter ${field}.`);
  const salt32 = base64(random as Uint8Array<ArrayBuffer>);
  const next = { ...shown, params: { ...shown.params, ...changed }, salt32 };
  const correctedDigest = `sha256:${hex(await sha256(utf8(canonical(next))))}`;
  const info = ['airails', '1', 'correction', place.tenant, place.run, place.gate, place.callDigest, correctedDigest].join('|');
  return { callDigest: place.callDigest, correctedDigest, fields, correction: await sealTo(keyset, info, JSON.stringify({ salt32, params: changed })) };
}

/** What was typed, as the value that it takes the place of is typed; nothing if it can not be that. */
export function typedAs(before: unknown, text: string): { value: unknown } | undefined {
  if (typeof before === 'string') return { value: text };
  if (typeof before === 'number') return text.trim() !== '' && Number.isFinite(Number(text)) ? { value: Number(text) } : undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return typeof before !== 'boolean' || typeof value === 'boolean' ? { value } : undefined;
  } catch {
    return undefined;
  }
}
