// One thing that was looked into, and what came of it.

export type Outcome = 'pass' | 'fail' | 'open';
export type Check = { id: string; name: string; outcome: Outcome; detail: string };

export const OUTCOME: Record<Outcome, string> = { pass: 'Pass', fail: 'Fail', open: 'Not verified' };

export function tally(checks: Check[]): { pass: number; fail: number; open: number } {
  const sum = { pass: 0, fail: 0, open: 0 };
  for (const check of checks) sum[check.outcome]++;
  return sum;
}
