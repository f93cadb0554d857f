import { unzipSync } from 'fflate';
import type { Check } from '../ledger/check';
import { climb, consistency, equal, hex, leafHash, sha256, unbase64, utf8, type Bytes } from '../ledger/merkle';
import { ecdsaKey, ecdsaVerifies, judge, pae, parseCheckpoint, parsePolicy, parseProof, type Checkpoint } from '../ledger/note';
import type { Trust } from '../ledger/trust';

// An evidence bundle, checked offline. What this does not look into is said to be not verified, never passed over.

export type Break = { entry: number; of: number; type: string; position: number; what: string; where: string; recorded: string; computed: string };

export type BundleVerdict = {
  checks: Check[];
  title: string;
  facts: [string, string][];
  breaks: Break[];
  entries: number;
  soundEntries: number;
  files: number;
};

const MOST_BYTES = 512 * 1024 * 1024;
const STATEMENT = 'application/vnd.in-toto+json';

// What stands beside the manifests: signatures over them, and copies of keys that never count.
const UNLISTED = new Set([
  'tagmanifest-sha256.txt',
  ...['checkpoint.tsr', 'evidence.sigstore.json', 'evidence.tsr'].map((name) => `attestations/${name}`),
  ...['evidence.pub', 'log.vkey', 'tsa-chain.pem', 'witnesses.policy'].map((name) => `trust/${name}`),
]);

type Files = Map<string, Bytes>;
type Leaf = { event_id: string; event_sha256: string; event_type: string; log: string; prev?: string; seq: number; time: number; schema: string; run?: string; run_seq?: number; run_prev?: string; run_count?: number };
type Line = { text: string; leaf: Leaf; hash: Bytes };

/** @throws with a sentence if it is no bundle at all */
export async function verifyBundle(zip: Uint8Array, trusts: Trust[]): Promise<BundleVerdict> {
  const files = unpack(zip);
  const checks: Check[] = [];
  const breaks: Break[] = [];
  const add = (id: string, name: string, outcome: Check['outcome'], detail: string) => checks.push({ id, name, outcome, detail });

  await manifests(files, add);
  await signature(files, trusts, add);
  const lines = await entryLines(files);
  const checkpoint = readCheckpoint(files, add);
  const sound = await entries(files, lines, checkpoint, breaks, add);
  await completeness(lines, files, checkpoint, add);
  await since(files, checkpoint, add);
  await anchors(checkpoint, trusts, add);
  add('documents', 'Documents for people agree with the entries', 'open', 'made again only by: rails evidence verify');
  add('time', 'Trusted time stamps (RFC 3161)', 'open', files.has('attestations/checkpoint.tsr') ? 'there are stamps; this page does not read them, openssl ts does' : 'there is none');
  hardware(files, add);

  const info = texts(files.get('bag-info.txt'));
  return {
    checks,
    title: info.get('External-Identifier') ?? 'unnamed',
    facts: [
      ['Made by', info.get('Source-Organization') ?? 'not said'],
      ['On', info.get('Bagging-Date') ?? 'not said'],
      ['Log', lines[0]?.leaf.log ?? checkpoint?.origin ?? 'not said'],
      ['Checkpoint', checkpoint ? String(checkpoint.size) : 'none'],
    ],
    breaks: breaks.sort((a, b) => a.entry - b.entry),
    entries: lines.length,
    soundEntries: sound,
    files: files.size,
  };
}

function unpack(zip: Uint8Array): Files {
  let total = 0;
  let opened: Record<string, Uint8Array>;
  try {
    opened = unzipSync(zip, {
      filter: (file) => {
        total += file.originalSize;
        if (total > MOST_BYTES) throw new Error('The archive is larger than this page reads. Use: rails evidence verify.');
        return true;
      },
    });
  } catch (failure) {
    throw new Error(failure instanceof Error && failure.message.startsWith('The archive') ? failure.message : 'Not a bundle: this is no zip archive, or one that was cut off.');
  }
  const names = Object.keys(opened).filter((name) => !name.endsWith('/'));
  const top = names[0]?.split('/')[0] ?? '';
  if (!names.every((name) => name.startsWith(`${top}/`)) || names.some((name) => name.split('/').includes('..'))) throw new Error('Not a bundle: it has not exactly one folder.');
  const files: Files = new Map(names.map((name) => [name.slice(top.length + 1), opened[name] as Bytes]));
  if (!files.has('bagit.txt')) throw new Error('Not a bundle: bagit.txt is missing.');
  return files;
}

const text = (bytes: Uint8Array | undefined): string => (bytes ? new TextDecoder('utf-8', { fatal: false }).decode(bytes) : '');

function texts(bytes: Uint8Array | undefined): Map<string, string> {
  return new Map(
    text(bytes)
      .split('\n')
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

type Add = (id: string, name: string, outcome: Check['outcome'], detail: string) => void;

async function manifests(files: Files, add: Add): Promise<void> {
  const listed = new Set<string>();
  const wrong: string[] = [];
  for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
    for (const line of text(files.get(manifest)).split('\n').filter(Boolean)) {
      const [, digest, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      if (!digest || !name) {
        wrong.push(`${manifest} has a line that is none`);
        continue;
      }
      listed.add(name);
      const bytes = files.get(name);
      if (!bytes) wrong.push(`${name} is missing`);
      else if (hex(await sha256(bytes)) !== digest) wrong.push(`${name} was changed`);
    }
  }
  const outside = [...files.keys()].filter((name) => !listed.has(name) && !UNLISTED.has(name));
  wrong.push(...outside.map((name) => `${name} is in no manifest`));
  add('manifests', 'Every file is what the manifests say', wrong.length === 0 && listed.size > 0 ? 'pass' : 'fail', wrong.length === 0 ? `${listed.size} files, SHA-256` : wrong.slice(0, 4).join('; ') + (wrong.length > 4 ? `, and ${wrong.length - 4} more` : ''));
}

type Bundle = { dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] } };
type Statement = { subject: { name: string; digest: { sha256: string } }[] };

async function signature(files: Files, trusts: Trust[], add: Add): Promise<void> {
  try {
    const { dsseEnvelope } = JSON.parse(text(files.get('attestations/evidence.sigstore.json'))) as Bundle;
    const payload = unbase64(dsseEnvelope.payload);
    const statement = JSON.parse(text(payload)) as Statement;
    const wrong: string[] = [];
    for (const subject of statement.subject) {
      const bytes = files.get(subject.name);
      if (!bytes || hex(await sha256(bytes)) !== subject.digest.sha256) wrong.push(subject.name);
    }
    const names = new Set(statement.subject.map((s) => s.name));
    if (!names.has('manifest-sha256.txt') || !names.has('tagmanifest-sha256.txt')) wrong.push('the manifests are not named');
    add('statement', 'The signed statement names these files', wrong.length === 0 ? 'pass' : 'fail', wrong.length === 0 ? `${names.size} files` : `not so: ${wrong.slice(0, 4).join(', ')}`);
    const der = unbase64(dsseEnvelope.signatures[0]?.sig ?? '');
    const signed = pae(dsseEnvelope.payloadType, payload);
    const keys = trusts.map((t) => t.evidenceKey).filter(Boolean);
    let by = false;
    for (const key of keys) by ||= await ecdsaVerifies(await ecdsaKey(key), der, signed);
    const right = dsseEnvelope.payloadType === STATEMENT;
    if (keys.length === 0) add('signature', 'Signed by the operator', 'open', 'no evidence key is trusted in this browser; copies inside the bundle never count');
    else add('signature', 'Signed by the operator', by && right ? 'pass' : 'fail', by ? 'ECDSA P-256 over the statement (DSSE), under a trusted key' : 'the signature is not of a key that this browser trusts');
  } catch (failure) {
    add('signature', 'Signed by the operator', 'fail', `the attestation can not be read: ${why(failure)}`);
  }
}

const why = (failure: unknown) => (failure instanceof Error ? failure.message : String(failure));

async function entryLines(files: Files): Promise<Line[]> {
  const lines: Line[] = [];
  for (const line of text(files.get('data/ledger/entries.jsonl')).split('\n').filter(Boolean)) {
    try {
      lines.push({ text: line, leaf: JSON.parse(line) as Leaf, hash: await leafHash(utf8(line)) });
    } catch {
      lines.push({ text: line, leaf: { event_id: '', event_sha256: '', event_type: 'not readable', log: '', seq: 0, time: 0, schema: '' }, hash: await leafHash(utf8(line)) });
    }
  }
  return lines;
}

function readCheckpoint(files: Files, add: Add): Checkpoint | undefined {
  try {
    return parseCheckpoint(text(files.get('data/ledger/checkpoint')));
  } catch (failure) {
    add('checkpoint', 'There is a checkpoint', 'fail', why(failure));
    return undefined;
  }
}

/** Event, leaf, inclusion and strand of each entry. Gives how many are sound from the first on. */
async function entries(files: Files, lines: Line[], checkpoint: Checkpoint | undefined, breaks: Break[], add: Add): Promise<number> {
  const bad = { event: 0, form: 0, proof: 0, chain: 0 };
  const at = (i: number, line: Line, what: string, where: string, recorded: string, computed: string) =>
    breaks.push({ entry: i + 1, of: lines.length, type: line.leaf.event_type, position: line.leaf.seq, what, where, recorded, computed });
  const broken = new Set<number>();
  const lastOfRun = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    const { leaf } = line;
    if (canonical(leaf) !== line.text) {
      bad.form++;
      broken.add(i);
      at(i, line, 'the line is not in the one form that a leaf has', 'data/ledger/entries.jsonl', 'canonical JSON', 'another text');
    }
    const event = files.get(`data/events/${leaf.event_id}.avro`);
    const computed = event ? hex(await sha256(event)) : 'missing';
    if (computed !== leaf.event_sha256) {
      bad.event++;
      broken.add(i);
      at(i, line, 'its event is not the one that the log committed to', `data/events/${leaf.event_id}.avro`, leaf.event_sha256, computed);
    }
    try {
      const proof = parseProof(text(files.get(`data/ledger/proofs/${leaf.seq}.tlog-proof`)));
      const { root } = await climb(proof.index, proof.checkpoint.size, line.hash, proof.hashes);
      const same = checkpoint !== undefined && proof.checkpoint.text === checkpoint.text;
      if (proof.index !== leaf.seq - 1 || !same || !equal(root, proof.checkpoint.root)) {
        bad.proof++;
        broken.add(i);
        at(i, line, 'its proof does not lead to the root of the checkpoint', `data/ledger/proofs/${leaf.seq}.tlog-proof`, hex(proof.checkpoint.root), hex(root));
      }
    } catch (failure) {
      bad.proof++;
      broken.add(i);
      at(i, line, why(failure), `data/ledger/proofs/${leaf.seq}.tlog-proof`, 'a proof', 'none');
    }
    if (leaf.run === undefined || leaf.run_prev === undefined) continue;
    const before = lastOfRun.get(leaf.run);
    lastOfRun.set(leaf.run, i);
    const named = before === undefined ? undefined : lines[before];
    if (before !== undefined && named && leaf.run_prev !== hex(named.hash)) {
      bad.chain++;
      broken.add(before);
      at(before, named, `it is not what entry ${i + 1} names as the one before it`, `in entry ${i + 1}'s "run_prev"`, leaf.run_prev, hex(named.hash));
    }
  }
  const n = `${lines.length} entries`;
  add('events', 'Each event is the one that the log committed to', lines.length > 0 && bad.event === 0 ? 'pass' : 'fail', bad.event === 0 ? `${n}, SHA-256` : `${bad.event} of ${n} are not`);
  add('leaves', 'Each entry has the one form that it can have', bad.form === 0 && lines.length > 0 ? 'pass' : 'fail', bad.form === 0 ? `${n}, RFC 8785` : `${bad.form} of ${n} have not`);
  add('inclusion', `Each entry is in checkpoint ${checkpoint?.size ?? '?'}`, lines.length > 0 && bad.proof === 0 ? 'pass' : 'fail', bad.proof === 0 ? `${n}, RFC 6962 inclusion` : `${bad.proof} of ${n} are not`);
  add('chain', 'Each entry names the one before it', bad.chain === 0 ? 'pass' : 'fail', bad.chain === 0 ? 'of its run' : `${bad.chain} do not`);
  const first = broken.size === 0 ? lines.length : Math.min(...broken);
  return first;
}

/** Keys in order, nothing between them: the same as RFC 8785 for ASCII and whole numbers. */
function canonical(leaf: Leaf): string {
  return JSON.stringify(Object.fromEntries(Object.entries(leaf).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** A run's numbers have no gap, its end says how many there are, and the leaves from its last entry to the checkpoint show that no other came. */
export async function completeness(lines: Line[], files: Files, checkpoint: Checkpoint | undefined, add: Add): Promise<void> {
  const tell = (outcome: Check['outcome'], detail: string) => add('complete', 'Nothing is missing', outcome, detail);
  const numbered = lines.filter((l) => l.leaf.run_seq !== undefined);
  // A run's bundle also holds entries of its workers, which are of no run.
  const runs = new Set(numbered.map((l) => l.leaf.run));
  const gap = numbered.findIndex((l, i) => l.leaf.run_seq !== i);
  const end = numbered.findIndex((l) => l.leaf.run_count !== undefined);
  const last = lines.filter((l) => l.leaf.run !== undefined).at(-1);
  if (runs.size !== 1 || !last) return tell('open', 'this page tells it for one run; for a period or a workspace use: rails evidence verify');
  if (gap >= 0) return tell('fail', `after entry ${gap} of the run one is missing`);
  const count = numbered[end]?.leaf.run_count;
  if (count !== undefined && count !== end + 1) return tell('fail', `the last entry says ${count}, here are ${end + 1}`);
  const problem = await behind(last, files, checkpoint);
  const unnumbered = lines.filter((l) => l.leaf.run !== undefined && l.leaf.run_seq === undefined).length;
  const late = numbered.length - end - 1;
  if (problem === 'absent') {
    // Earlier releases gave no leaves behind the end of a run.
    if (count === undefined) return tell('fail', "the run's end is not there, and nothing shows that it had not ended");
    return late + unnumbered > 0
      ? tell('open', `all ${count} entries up to the run's end; whether others came after it than the ${late + unnumbered} here is not shown`)
      : tell('pass', `the run's last entry says ${count}, and ${count} are here`);
  }
  if (problem) return tell('fail', problem);
  if (unnumbered > 0) return tell('open', `all ${count ?? numbered.length} entries; ${unnumbered} that came after the run's end carry no number`);
  if (count === undefined) return tell('open', `the run is not over: all ${numbered.length} entries up to the checkpoint`);
  tell('pass', `the run's last entry says ${count}, and ${count} are here; ${late === 0 ? 'none' : `all ${late}`} came after it up to the checkpoint`);
}

/** What speaks against the leaves behind an entry being all up to the checkpoint, and none of its run's. Their root of trust is the last one's proof. */
async function behind(last: Line, files: Files, checkpoint: Checkpoint | undefined): Promise<string | undefined> {
  const following = text(files.get('data/ledger/after.jsonl')).split('\n').filter(Boolean);
  if (checkpoint === undefined) return 'there is no checkpoint';
  if (following.length === 0) return last.leaf.seq === checkpoint.size ? undefined : 'absent';
  let before = last;
  try {
    for (const line of following) {
      const next: Line = { text: line, leaf: JSON.parse(line) as Leaf, hash: await leafHash(utf8(line)) };
      if (canonical(next.leaf) !== line || next.leaf.seq !== before.leaf.seq + 1 || next.leaf.prev !== hex(before.hash)) {
        return `the leaf behind entry ${before.leaf.seq} of the log is not the one that follows it`;
      }
      if (next.leaf.run === last.leaf.run) return `entry ${next.leaf.seq} of the log belongs to the run, and the bundle does not have it`;
      before = next;
    }
    if (before.leaf.seq !== checkpoint.size) return `the leaves behind the run end at ${before.leaf.seq}, and the checkpoint is of ${checkpoint.size}`;
    const proof = parseProof(text(files.get(`data/ledger/proofs/${before.leaf.seq}.tlog-proof`)));
    const { root } = await climb(proof.index, checkpoint.size, before.hash, proof.hashes);
    return proof.index === before.leaf.seq - 1 && equal(root, checkpoint.root) ? undefined : 'the leaves behind the run are not in the checkpoint';
  } catch (failure) {
    return `the leaves behind the run can not be read: ${why(failure)}`;
  }
}

async function since(files: Files, checkpoint: Checkpoint | undefined, add: Add): Promise<void> {
  const earlier = files.get('data/ledger/since/checkpoint');
  const proof = files.get('data/ledger/since/consistency') ?? files.get('data/ledger/since/proof');
  if (!earlier || !proof || !checkpoint) return;
  try {
    const old = parseCheckpoint(text(earlier));
    const hashes = text(proof).split('\n').filter((l) => /^[A-Za-z0-9+/]{43}=$/.test(l)).map(unbase64);
    const roots = await consistency(old.size, checkpoint.size, old.root, hashes);
    const sound = equal(roots.old, old.root) && equal(roots.new, checkpoint.root);
    add('since', `Checkpoint ${old.size} is its beginning`, sound ? 'pass' : 'fail', sound ? 'nothing before was changed' : 'the log was rewritten');
  } catch (failure) {
    add('since', 'An earlier checkpoint is its beginning', 'fail', why(failure));
  }
}

async function anchors(checkpoint: Checkpoint | undefined, trusts: Trust[], add: Add): Promise<void> {
  if (!checkpoint) return;
  for (const trust of trusts) {
    const said = await judge(checkpoint, await parsePolicy(trust.policy));
    if (!said.known) continue;
    const source = trust.source === 'reader' ? 'under keys that you gave' : 'under keys kept since your first visit';
    add('log', 'The checkpoint is signed by its log', said.log ? 'pass' : 'fail', said.log ? `Ed25519, ${source}` : 'not under the trusted key');
    const seen = said.witnesses.filter((w) => w.ok).length;
    if (said.needs === 'none') add('witnesses', 'Witnesses have cosigned it', 'open', 'the trusted policy asks for none');
    else add('witnesses', 'Witnesses have cosigned it', said.quorum ? 'pass' : 'fail', `${seen} of ${said.witnesses.length}${said.quorum ? ', enough for the policy' : ', too few for the policy'}`);
    return;
  }
  add('log', 'The checkpoint is signed by its log', 'open', 'you have trusted no key of this log');
  add('witnesses', 'Witnesses have cosigned it', 'open', 'you have trusted no witness');
}

function hardware(files: Files, add: Add): void {
  const workers = text(files.get('data/attestation/workers.json'));
  const development = workers.includes('DEVELOPMENT');
  add('hardware', 'Workers were attested', 'open', development ? 'the bundle says DEVELOPMENT: no hardware stands for it' : 'quotes are checked by: rails attestation verify');
}
