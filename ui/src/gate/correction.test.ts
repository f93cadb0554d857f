import { describe, expect, it } from 'vitest';
import { canonical } from '../lib/jcs';
import { hex, sha256, unbase64, utf8 } from '../ledger/merkle';
import type { Part } from '../reveal/reveal';
import vector from '../reveal/sealed.json';
import { correct, typedAs } from './correction';

const PLACE = { tenant: 't', run: 'r', gate: 'approve', callDigest: `sha256:${'a'.repeat(64)}` };
const json = { action: 'update-incident', params: { impact: '3', amount: 12.5, note: 'café' }, salt32: 'AAAA' };
const call: Part = { kind: 'CALL', name: 'write', bytes: utf8(canonical(json)), json };

describe('canonical JSON', () => {
  it('sorts members by UTF-16 code units and writes numbers and texts in one form', () => {
    expect(canonical({ b: [1e21, 0.1, -0, true, null], a: '\u20ac"\n', '\u{1f600}': 1, '\ufb33': 2 })).toBe('{"a":"€\\"\\n","b":[1e+21,0.1,0,true,null],"😀":1,"\ufb33":2}');
  });
});

describe('a correction', () => {
  it('names the digest of the call that the worker must come to, and seals salt and values', async () => {
    const random = new Uint8Array(32).fill(7);
    const made = await correct(PLACE, call, { impact: '2' }, vector.publicKeyset, random);
    const next = { ...json, params: { ...json.params, impact: '2' }, salt32: btoa(String.fromCharCode(...random)) };
    expect(made.correctedDigest).toBe(`sha256:${hex(await sha256(utf8(canonical(next))))}`);
    expect(made.fields).toEqual(['impact']);
    expect(new TextDecoder().decode(unbase64(made.correction))).not.toContain('impact');
    expect((await correct(PLACE, call, { impact: '2' }, vector.publicKeyset)).correctedDigest).not.toBe(made.correctedDigest);
  });

  it('is refused of a call that this page can not write again, of a parameter that is not there, and of nothing', async () => {
    await expect(correct(PLACE, { ...call, bytes: utf8('{"params":{"n":1.0}}'), json: { params: { n: 1 } } }, { n: 2 }, vector.publicKeyset)).rejects.toThrow('can not write again');
    await expect(correct(PLACE, call, { other: '1' }, vector.publicKeyset)).rejects.toThrow('no parameter other');
    await expect(correct(PLACE, call, {}, vector.publicKeyset)).rejects.toThrow('Nothing');
  });

  it('keeps the type of what it takes the place of', () => {
    expect(typedAs('a', '1')).toEqual({ value: '1' });
    expect(typedAs(1, ' 2.5 ')).toEqual({ value: 2.5 });
    expect(typedAs(1, 'two')).toBeUndefined();
    expect(typedAs(true, '"yes"')).toBeUndefined();
    expect(typedAs({ a: 1 }, '{"a": 2}')).toEqual({ value: { a: 2 } });
    expect(typedAs(null, '{')).toBeUndefined();
  });
});
