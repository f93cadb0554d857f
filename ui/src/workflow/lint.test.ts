import { describe, expect, it } from 'vitest';
import type { Artifact } from './artifact';
import { hints } from './lint';

const artifact = (steps: Artifact['steps'], limits: Artifact['limits'] = { nanos: 1, currency: 'USD', duration: 'PT1H' }): Artifact => ({ id: 'w', version: '1.0.0', author: 'a', inputs: {}, triggers: [], connectors: { sn: { connector: 'servicenow', instance: 'sn-eu', version: '1' } }, steps, limits });
const write = { id: 'write', kind: 'TOOL', needs: ['ask'], call: { connector: 'sn', action: 'update-incident' } };

describe('hints about a workflow version', () => {
  it('asks about a write that no person is asked about, also when the gate comes some steps before', () => {
    const gate = { id: 'ask', kind: 'GATE', needs: [], gate: { for: 'write', role: 'approver', quorum: 1, expires: 'PT1H' } };
    expect(hints(artifact([gate, write]))).toEqual([]);
    expect(hints(artifact([{ ...write, needs: [] }]))).toEqual([expect.objectContaining({ step: 'write' })]);
  });
  it('sees that a connector posts the card of a gate', () => {
    const gate = { id: 'ask', kind: 'GATE', needs: [], gate: { for: 'write', role: 'approver', quorum: 1, expires: 'PT1H', card: { connector: 'sn', action: 'post' } } };
    expect(hints(artifact([gate, { ...write, call: { connector: 'sn', action: 'update-incident' } }]))).toEqual([]);
    expect(hints(artifact([gate]))).toEqual([expect.objectContaining({ step: 'ask' })]);
  });
  it('names missing limits and what is not used', () => {
    expect(hints(artifact([], {})).map((h) => h.message)).toEqual(['connector sn (sn-eu) is not used', 'a run may cost anything: no limit is set', 'a run may take for ever: no limit is set']);
  });
});
