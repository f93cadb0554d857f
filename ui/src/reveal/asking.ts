import { intent, told, write } from '../lib/api';
import { makeKey } from './hpke';
import { ask, openReveal, type Kind, type Shown } from './reveal';

const PATIENCE = 90_000;

type While = { callDigest?: string; waited?: (millis: number) => void; here: () => boolean };

/**
 * Asks for sealed content of a run and opens what a worker sealed to a key made for this one look.
 *
 * @returns nothing when the page was left meanwhile
 */
export async function reveal(run: string, kind: Kind, name: string, { callDigest, waited, here }: While): Promise<Shown | undefined> {
  const own = await makeKey();
  const began = Date.now();
  const given = (await told(write.POST('/v1/runs/{run}/reveals', { params: { path: { run }, header: { 'Idempotency-Key': intent() } }, body: ask(kind, name, own) }))) as { reveal?: string };
  for (;;) {
    if (!here()) return undefined;
    waited?.(Date.now() - began);
    const answer = await told(write.GET('/v1/reveals/{reveal}', { params: { path: { reveal: given.reveal ?? '' }, query: { wait: 5 } } }));
    if (answer.state === 'SEALED') return openReveal(own, answer, callDigest);
    if (answer.state === 'EXPIRED' || Date.now() - began > PATIENCE) throw new Error('No attested worker sealed it in time. You may still deny, ask, or try again.');
  }
}
