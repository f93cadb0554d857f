import { describe, expect, it } from 'vitest';
import published from '../../../policies/schemas/tenant-data.v1.json';
import { parse } from './json';
import { lint, written } from './lint';
import { KNOWN } from './schema';

const good = { schema: 'airails.tenant_data/1', tools: { sn: { actions: { read: { enabled: true, connector_digest: `sha256:${'a'.repeat(64)}`, environments: ['dev'], workflow_digests: [`sha256:${'b'.repeat(64)}`], params: { amount: { kind: 'max', max: 5 } } } } } }, principals: {}, auditors: [] };
const changed = (edit: (d: typeof good) => void) => {
  const copy = structuredClone(good);
  edit(copy);
  return lint(written(copy));
};

describe('the editor of policy data', () => {
  it('knows every word that the published schema uses', () => {
    const words = new Set<string>();
    const look = (schema: unknown, names = false) => {
      if (typeof schema !== 'object' || schema === null) return;
      if (Array.isArray(schema)) return schema.forEach((s) => look(s));
      for (const [word, inner] of Object.entries(schema)) {
        if (!names) words.add(word);
        if (word !== 'const' && word !== 'enum' && word !== 'required' && word !== 'dependentRequired') look(inner, !names && ['properties', 'patternProperties', '$defs'].includes(word));
      }
    };
    look(published);
    expect([...words].filter((w) => !KNOWN.includes(w))).toEqual([]);
  });
  it('accepts what is right', () => {
    expect(lint(written(good))).toMatchObject({ faults: [], hints: [] });
  });
  it('shows a mistake on its line', () => {
    expect(lint('{\n  "schema": oops\n}').faults).toEqual([{ line: 2, column: 13, path: '', message: 'expected a value' }]);
    expect(changed((d) => (d.tools.sn.actions.read.enabled = 'yes' as never)).faults).toEqual([expect.objectContaining({ line: 7, message: 'must be true or false' })]);
    expect(changed((d) => (d.tools.sn.actions.read.connector_digest = 'x')).faults[0]?.message).toContain('has not the form');
    expect(changed((d) => ((d as Record<string, unknown>).grants = {})).faults[0]?.message).toBe('"grants" is not known here');
    expect(changed((d) => delete (d as Partial<typeof good>).auditors).faults[0]?.message).toBe('"auditors" is missing');
  });
  it('knows groups of approvers, and that none is called as a role is', () => {
    expect(changed((d) => ((d as Record<string, unknown>).groups = { leads: ['p-1'] })).faults).toEqual([]);
    expect(changed((d) => ((d as Record<string, unknown>).groups = { admin: ['p-1'] })).faults[0]?.message).toContain('is taken');
  });
  it('refuses a member that stands twice, and what follows the end', () => {
    expect(parse('{"a":1,\n"a":2}').faults[0]).toMatchObject({ line: 2, column: 1 });
    expect(parse('{} {}').faults[0]?.message).toBe('nothing may follow here');
    expect(parse('[1,]').faults).toHaveLength(1);
    expect(parse('{"a":"\\u00e4","b":[-1.5e3,null,true]}').value).toEqual({ a: 'ä', b: [-1500, null, true] });
  });
  it('asks about grants that grant nothing', () => {
    expect(changed((d) => (d.tools.sn.actions.read.environments = [])).hints[0]?.message).toContain('no environment');
  });
});
