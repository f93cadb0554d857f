import { expect, it } from 'vitest';
import { scale, timeline, type Entry } from './timeline';

let position = 0;
const entry = (entryType: string, at: number, event: Record<string, unknown>): Entry => ({ position: ++position, entryType, recordedAt: at, leafHash: '', header: { occurredAt: at } as never, event: event as never });

const story = (): Entry[] => [
  entry('TRIGGER_RECEIVED', 0, { trigger: 'hook' }),
  entry('STEP_SCHEDULED', 0, { step: 'fetch', attempt: 1, reason: 'NEEDS_MET' }),
  entry('POLICY_EVALUATED', 400, { step: 'fetch', decision: { effect: 'ALLOW' } }),
  entry('TOOL_ACTION_INTENDED', 400, { step: 'fetch', tool: 'servicenow', action: 'get' }),
  entry('STEP_FAILED', 900, { step: 'fetch', code: 'TIMEOUT', retryAt: 2_900, dead: false }),
  entry('STEP_SCHEDULED', 900, { step: 'fetch', attempt: 2, reason: 'RETRY', notBefore: 2_900 }),
  entry('POLICY_EVALUATED', 3_000, { step: 'fetch', decision: { effect: 'ALLOW' } }),
  entry('BUDGET_SETTLED', 3_500, { step: 'fetch', amount: { nanos: 5, currency: 'USD' } }),
  entry('STEP_COMPLETED', 3_500, { step: 'fetch' }),
  entry('STEP_SCHEDULED', 3_500, { step: 'approve', attempt: 1, reason: 'NEEDS_MET' }),
  entry('POLICY_EVALUATED', 3_600, { step: 'approve', decision: { effect: 'REQUIRE_HITL' } }),
  entry('HUMAN_GATE_REQUESTED', 3_600, { gate: 'approve', forStep: 'write', role: 'approver', quorum: 1 }),
];

it('tells why each step waited', () => {
  const line = timeline(story(), 103_600);
  const fetch = line.rows.find((r) => r.step === 'fetch');
  expect(fetch?.segments.map((s) => [s.why, s.from, s.to])).toEqual([
    ['fail', 400, 900],
    ['retry', 900, 3_000],
    ['run', 3_000, 3_500],
    ['worker', 0, 400],
  ].sort((a, b) => order(fetch?.segments ?? [], a) - order(fetch?.segments ?? [], b)));
  expect(fetch).toMatchObject({ effect: 'ALLOW', nanos: 5, detail: 'servicenow.get', to: 3_500 });
  const approve = line.rows.find((r) => r.step === 'approve');
  expect(approve?.segments.at(-1)).toMatchObject({ why: 'gate', from: 3_600, to: 103_600, open: true });
  expect(line.totals.get('gate')).toBe(100_000);
  expect(line.ended).toBe(false);
});

function order(segments: { why: string; from: number }[], [why, from]: unknown[]): number {
  return segments.findIndex((s) => s.why === why && s.from === from);
}

it('folds a long wait in which nothing ran into a narrow part, and stays in order', () => {
  const line = timeline(story(), 103_600);
  const folded = scale(line, true);
  expect(folded.folds).toHaveLength(1);
  expect(folded.folds[0]?.width).toBeCloseTo(0.24);
  expect(folded.x(0)).toBe(0);
  expect(folded.x(103_600)).toBeCloseTo(1);
  let before = -1;
  for (let t = 0; t <= 103_600; t += 100) {
    const x = folded.x(t);
    expect(x).toBeGreaterThanOrEqual(before);
    before = x;
  }
  // Milliseconds stay visible: what ran takes more than half.
  expect(folded.x(3_600)).toBeGreaterThan(0.5);
  expect(scale(line, false).x(3_600)).toBeLessThan(0.05);
});

it('takes ten thousand events in a moment', () => {
  const many = Array.from({ length: 2_500 }, (_, i) => [
    entry('STEP_SCHEDULED', i * 4, { step: `s${i % 1_000}`, attempt: 1, reason: 'NEEDS_MET' }),
    entry('POLICY_EVALUATED', i * 4 + 1, { step: `s${i % 1_000}`, decision: { effect: 'ALLOW' } }),
    entry('TOOL_ACTION_INTENDED', i * 4 + 2, { step: `s${i % 1_000}` }),
    entry('STEP_COMPLETED', i * 4 + 3, { step: `s${i % 1_000}` }),
  ]).flat();
  const began = performance.now();
  const line = timeline(many, 1);
  expect(line.rows).toHaveLength(1_000);
  expect(performance.now() - began).toBeLessThan(500);
});
