import { describe, expect, it } from 'vitest';
import { climb, consistency, equal, hex, leafHash, nodeHash, sha256, unbase64, utf8, type Bytes } from './merkle';

// The tree's definition, word for word (RFC 9162 2.1): what the proofs are compared with.
async function root(leaves: Bytes[]): Promise<Bytes> {
  if (leaves.length === 0) return sha256();
  const [first] = leaves;
  if (leaves.length === 1 && first) return leafHash(first);
  const k = split(leaves.length);
  return nodeHash(await root(leaves.slice(0, k)), await root(leaves.slice(k)));
}

function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

async function path(m: number, leaves: Bytes[]): Promise<Bytes[]> {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return m < k ? [...(await path(m, leaves.slice(0, k))), await root(leaves.slice(k))] : [...(await path(m - k, leaves.slice(k))), await root(leaves.slice(0, k))];
}

async function subproof(m: number, leaves: Bytes[], whole: boolean): Promise<Bytes[]> {
  const n = leaves.length;
  if (m === n) return whole ? [] : [await root(leaves)];
  const k = split(n);
  return m <= k ? [...(await subproof(m, leaves.slice(0, k), whole)), await root(leaves.slice(k))] : [...(await subproof(m - k, leaves.slice(k), false)), await root(leaves.slice(0, k))];
}

const leaves = Array.from({ length: 21 }, (_, i) => utf8(`leaf ${i}`));
const at = (i: number) => leaves[i] as Bytes;

describe('inclusion', () => {
  it('agrees with the definition for every leaf of every tree up to 21', async () => {
    for (let n = 1; n <= leaves.length; n++) {
      const all = leaves.slice(0, n);
      const top = await root(all);
      for (let i = 0; i < n; i++) {
        const { root: computed, rungs } = await climb(i, n, await leafHash(at(i)), await path(i, all));
        expect(hex(computed)).toBe(hex(top));
        // The siblings and the leaf itself cover the tree, each place once.
        const covered = [i, ...rungs.flatMap((r) => Array.from({ length: r.to - r.from + 1 }, (_, k) => r.from + k))].sort((a, b) => a - b);
        expect(covered).toEqual(Array.from({ length: n }, (_, k) => k));
      }
    }
  });

  it('refuses a proof that is too short, too long, or of another leaf', async () => {
    const proof = await path(5, leaves);
    const leaf = await leafHash(at(5));
    await expect(climb(5, 21, leaf, proof.slice(1))).rejects.toThrow();
    await expect(climb(5, 21, leaf, [...proof, leaf])).rejects.toThrow('too long');
    await expect(climb(21, 21, leaf, proof)).rejects.toThrow('not in a tree');
    expect(equal((await climb(4, 21, leaf, proof)).root, await root(leaves))).toBe(false);
  });
});

describe('consistency', () => {
  it('agrees with the definition for all pairs up to 21', async () => {
    for (let n = 1; n <= leaves.length; n++) {
      for (let m = 1; m <= n; m++) {
        const old = await root(leaves.slice(0, m));
        const roots = await consistency(m, n, old, await subproof(m, leaves.slice(0, n), true));
        expect([hex(roots.old), hex(roots.new)]).toEqual([hex(old), hex(await root(leaves.slice(0, n)))]);
      }
    }
  });

  it('shows a tree that was rewritten', async () => {
    const forged = [utf8('other'), ...leaves.slice(1, 8)];
    const old = await root(forged);
    const roots = await consistency(8, 21, old, await subproof(8, leaves, true));
    expect(equal(roots.new, await root(leaves))).toBe(false);
  });
});

it('takes base64 in its one form only', () => {
  expect(hex(unbase64('AAE='))).toBe('0001');
  for (const bad of ['AAE', 'AA E=', 'AAE=\n', '_-8=']) expect(() => unbase64(bad)).toThrow();
});
