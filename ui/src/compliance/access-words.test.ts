import { describe, expect, it } from 'vitest';
import type { Entry } from '../run/timeline';
import { about, accessed } from './access-words';

const entry = (entryType: string, event: object, recordedAt = 50) => ({ position: 1, entryType, recordedAt, leafHash: '', header: {}, event }) as unknown as Entry;
const what = { run: 'r1', workspace: 'ws', from: 10, to: 20, positions: new Set([7]) };

describe('who could have seen a run', () => {
  it('counts what names the run, one of its entries, or a log or a time in which it lies', () => {
    const counted = [
      entry('REVEAL_GRANTED', { run: 'r1' }),
      entry('EVIDENCE_READ', { resource: 'ws/7' }),
      entry('EVIDENCE_EXPORTED', { resource: 'r1' }),
      entry('EVIDENCE_EXPORTED', { resource: 'r1/ask' }),
      entry('EVIDENCE_EXPORTED', { resource: 'ws' }),
      entry('EVIDENCE_EXPORTED', { resource: 'ws/15/100' }),
    ];
    const not = [
      entry('REVEAL_GRANTED', { run: 'r2' }),
      entry('EVIDENCE_READ', { resource: 'ws' }),
      entry('EVIDENCE_READ', { resource: 'ws/8' }),
      entry('EVIDENCE_READ', { resource: 'other/7' }),
      entry('EVIDENCE_EXPORTED', { resource: 'r2' }),
      entry('EVIDENCE_EXPORTED', { resource: 'ws' }, 5),
      entry('EVIDENCE_EXPORTED', { resource: 'ws/21/100' }),
    ];
    expect(counted.map((e) => accessed(e, what))).toEqual(counted.map(() => true));
    expect(not.map((e) => accessed(e, what))).toEqual(not.map(() => false));
  });
  it('is said in words', () => {
    expect(about(entry('EVIDENCE_READ', { route: 'GET /v1/ledgers/{ws}/entries/{position}/proof', resource: 'ws/7' }), 'ws')).toBe('read the proof of an entry #7');
    expect(about(entry('EVIDENCE_READ', { route: 'GET /v1/calls', resource: 'ws' }), 'ws')).toBe('read calls');
    expect(about(entry('EVIDENCE_EXPORTED', { scope: 'RUN', resource: 'r1' }), 'ws')).toBe("took a run's evidence r1");
    expect(about(entry('EVIDENCE_EXPORTED', { scope: 'RUN', resource: 'r1' }), 'ws', 'r1')).toBe("took a run's evidence");
    expect(about(entry('EVIDENCE_EXPORTED', { scope: 'PERIOD', resource: 'ws/1772409600000/1773014400000' }), 'ws')).toBe('took the evidence from 2026-03-02 to 2026-03-09');
    expect(about(entry('ACCESS_REFUSED', { route: 'GET /v1/me', resource: '', code: 'FORBIDDEN' }), 'ws')).toBe('was refused GET /v1/me: forbidden');
  });
});
