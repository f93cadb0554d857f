import { describe, expect, it } from 'vitest';
import { hex, leafHash, nodeHash, utf8, type Bytes } from '../ledger/merkle';
import type { Checkpoint } from '../ledger/note';
import { completeness } from './verify';

const RUN = 'r1';

type Members = Record<string, string | number>;

async function log(entries: Members[]): Promise<{ text: string; leaf: never; hash: Bytes }[]> {
  const lines: { text: string; leaf: never; hash: Bytes }[] = [];
  let prev = 'ab'.repeat(32);
  for (const [i, members] of entries.entries()) {
    const leaf = { event_id: `e${i}`, event_type: 'X', log: 'l', prev, seq: i + 1, ...members };
    const text = JSON.stringify(Object.fromEntries(Object.entries(leaf).sort(([a], [b]) => (a < b ? -1 : 1))));
    const hash = await leafHash(utf8(text));
    prev = hex(hash);
    lines.push({ text, leaf: JSON.parse(text) as never, hash });
  }
  return lines;
}

// Five leaves: a run of three, one of them after its end, and two of nobody.
const ENTRIES: Members[] = [
  { run: RUN, run_seq: 0, run_prev: 'x' },
  { run: RUN, run_seq: 1, run_prev: 'x', run_count: 2 },
  { run: RUN, run_seq: 2, run_prev: 'x' },
  {},
  {},
];

async function bundle(entries: Members[], ofRun: number[], after: number[]) {
  const lines = await log(entries);
  const h = lines.map((l) => l.hash);
  const at = (i: number) => h[i] as Bytes;
  const four = await nodeHash(await nodeHash(at(0), at(1)), await nodeHash(at(2), at(3)));
  const root = await nodeHash(four, at(4));
  const note = `l\n5\n${btoa(String.fromCharCode(...root))}\n\n— l ${btoa('\0'.repeat(68))}\n`;
  const proof = `c2sp.org/tlog-proof@v1\nindex 4\n${btoa(String.fromCharCode(...four))}\n\n${note}`;
  const files = new Map<string, Bytes>();
  if (after.length > 0) files.set('data/ledger/after.jsonl', utf8(after.map((i) => `${lines[i]?.text}\n`).join('')));
  files.set('data/ledger/proofs/5.tlog-proof', utf8(proof));
  const checkpoint = { text: note, origin: 'l', size: 5, root, signatures: [] } as Checkpoint;
  let told = { outcome: '', detail: '' };
  await completeness(ofRun.map((i) => lines[i] as never), files, checkpoint, (_id, _name, outcome, detail) => (told = { outcome, detail }));
  return told;
}

describe('whether a run is complete', () => {
  it('counts what came after the end, up to the checkpoint', async () => {
    expect(await bundle(ENTRIES, [0, 1, 2], [3, 4])).toMatchObject({ outcome: 'pass', detail: expect.stringContaining('all 1 came after it') });
  });

  it('refuses a bundle without the last late entry, or with a gap, or without the leaves behind it', async () => {
    expect((await bundle(ENTRIES, [0, 1], [2, 3, 4])).detail).toContain('belongs to the run');
    expect((await bundle(ENTRIES, [0, 1], [3, 4])).outcome).toBe('fail');
    expect((await bundle(ENTRIES, [0, 2], [3, 4])).outcome).toBe('fail');
    expect((await bundle(ENTRIES, [0, 1, 2], [3])).outcome).toBe('fail');
  });

  it('takes what earlier releases wrote for what it shows', async () => {
    expect((await bundle(ENTRIES, [0, 1], [])).outcome).toBe('pass');
    expect((await bundle(ENTRIES, [0, 1, 2], [])).outcome).toBe('open');
    const unnumbered = [...ENTRIES.slice(0, 2), { run: RUN }, {}, {}];
    expect((await bundle(unnumbered, [0, 1, 2], [3, 4])).outcome).toBe('open');
  });

  it('does not take a run for over that has no end', async () => {
    expect((await bundle(ENTRIES, [0], [])).outcome).toBe('fail');
  });
});
