import { describe, expect, it } from 'vitest';
import { fields, words } from './field-diff';

describe('what a call would change', () => {
  it('finds each field in the record that the run read, also one level down, the latest first', () => {
    const records = { fetch: { impact: '3', result: { group: 'DESK' } }, again: { impact: '2' } };
    expect(fields({ impact: '1', group: 'NET', note: 'new' }, records)).toEqual([
      { name: 'impact', before: '2', after: '1', from: 'again' },
      { name: 'group', before: 'DESK', after: 'NET', from: 'fetch' },
      { name: 'note', after: 'new' },
    ]);
  });
  it('tells words apart and keeps the rest', () => {
    expect(words('the old name', 'the new name').filter((w) => w.kind !== ' ').map((w) => w.kind + w.text)).toEqual(['-old', '+new']);
  });
});
