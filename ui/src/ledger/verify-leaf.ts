import { raw, read, told, type Schemas } from '../lib/api';
import { count } from '../lib/money';
import type { Check } from './check';
import { climb, equal, hex, leafHash, sha256, unhex, utf8, type Rung } from './merkle';
import { judge, parsePolicy, parseProof, type Checkpoint, type Judged } from './note';
import type { Trust } from './trust';

export type Entry = Schemas['LedgerEntry'] & { leaf: string; eventBytes: string };
export type LeafVerdict = { checks: Check[]; entry: Entry; rungs: Rung[]; leaf: string; checkpoint?: Checkpoint; judged?: Judged; note?: string };

type Leaf = { prev: string; event_sha256: string; seq: number; run?: string; run_seq?: number; run_prev?: string };

const why = (failure: unknown) => (failure instanceof Error ? failure.message : String(failure));

/** Fetches what a proof needs and checks all of it here. */
export async function verifyLeaf(workspace: string, position: number, trust: Trust | undefined): Promise<LeafVerdict> {
  const path = { ws: workspace, position };
  const entry = (await told(read.GET('/v1/ledgers/{ws}/entries/{position}', { params: { path } }))) as Entry;
  const bytes = utf8(entry.leaf);
  const hash = await leafHash(bytes);
  const leaf = JSON.parse(entry.leaf) as Leaf;
  const checks: Check[] = [];
  const add = (id: string, name: string, outcome: Check['outcome'], detail: string) => checks.push({ id, name, outcome, detail });

  const event = hex(await sha256(unhex(entry.eventBytes)));
  const matches = event === leaf.event_sha256 && leaf.seq === position && hex(hash) === entry.leafHash;
  add('leaf', 'Leaf matches its event', matches ? 'pass' : 'fail', matches ? 'SHA-256 of the stored bytes, computed here' : `computed ${event}, the leaf says ${leaf.event_sha256}`);

  if (position > 1) {
    try {
      const before = (await told(read.GET('/v1/ledgers/{ws}/entries/{position}', { params: { path: { ws: workspace, position: position - 1 } } }))) as Entry;
      const computed = hex(await leafHash(utf8(before.leaf)));
      const chained = computed === leaf.prev;
      add('chain', `Chained to leaf ${count(position - 1)}`, chained ? 'pass' : 'fail', chained ? 'its hash is the one that this leaf names' : `computed ${computed}, this leaf names ${leaf.prev}`);
    } catch (failure) {
      add('chain', `Chained to leaf ${count(position - 1)}`, 'open', why(failure));
    }
  } else {
    add('chain', 'First leaf of the log', 'open', `it names the log's genesis ${leaf.prev.slice(0, 16)}…, not checked here`);
  }

  const verdict: LeafVerdict = { checks, entry, rungs: [], leaf: hex(hash) };
  try {
    const response = await raw(`/v1/ledgers/${encodeURIComponent(workspace)}/entries/${position}/proof`);
    const proof = parseProof(await response.text());
    const { root, rungs } = await climb(proof.index, proof.checkpoint.size, hash, proof.hashes);
    const included = proof.index === position - 1 && equal(root, proof.checkpoint.root);
    Object.assign(verdict, { rungs, checkpoint: proof.checkpoint, note: proof.note });
    add('inclusion', `In checkpoint ${count(proof.checkpoint.size)}`, included ? 'pass' : 'fail', included ? `${proof.hashes.length} hashes to the root` : `computed root ${hex(root)}, the checkpoint's is ${hex(proof.checkpoint.root)}`);
    const judged = trust ? await judge(proof.checkpoint, await parsePolicy(trust.policy)) : undefined;
    if (judged) verdict.judged = judged;
    signatures(add, judged, trust);
  } catch (failure) {
    add('inclusion', 'In a checkpoint', 'open', `${why(failure)} A new entry is covered within seconds.`);
  }
  const actor = (entry.header as { actor?: { kind?: string } }).actor;
  if (actor?.kind === 'WORKER') add('worker', 'Worker attested', 'open', 'hardware quotes are not checked in the browser; what the ledger says of them is under Workers');
  add('time', 'Trusted time', 'open', 'time stamps are in evidence bundles; this page does not check them');
  return verdict;
}

function signatures(add: (id: string, name: string, outcome: Check['outcome'], detail: string) => void, judged: Judged | undefined, trust: Trust | undefined): void {
  if (!judged || !trust) {
    add('log', 'Signed by the log', 'open', 'no key is trusted in this browser');
    return;
  }
  if (trust.changed) {
    add('keys', 'Keys are those of the first visit', 'fail', 'the installation names other keys now than it did; ask its operator why');
  }
  const source = trust.source === 'reader' ? 'under keys that you gave' : 'under keys kept since your first visit';
  if (!judged.known) add('log', 'Signed by the log', 'open', 'the trusted policy has no key of this log');
  else add('log', 'Signed by the log', judged.log ? 'pass' : 'fail', judged.log ? `Ed25519, ${source}` : 'the signature does not verify under the trusted key');
  const seen = judged.witnesses.filter((w) => w.ok);
  const latest = Math.max(0, ...seen.map((w) => w.at ?? 0));
  if (judged.needs === 'none') add('witness', 'Cosigned', 'open', 'the trusted policy asks for no witness');
  else add('witness', 'Cosigned', judged.quorum ? 'pass' : 'fail', judged.quorum ? `${seen.length} of ${judged.witnesses.length} witnesses, ${new Date(latest).toISOString().slice(0, 19)}Z` : `${seen.length} of ${judged.witnesses.length} witnesses, too few for the policy`);
}
