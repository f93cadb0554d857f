import { expect, it } from 'vitest';
import { keptDuties } from './duties';

const entry = (run: string, event: object) => ({ header: { run }, event: { gate: 'g', ...event } });

it('finds who decided what he requested or wrote, and counts decisions only', () => {
  const asked = (run: string) => entry(run, { requester: 'ann', author: 'bob' });
  const said = (run: string, approver: string, verdict = 'APPROVE') => entry(run, { approver, verdict });
  expect(keptDuties([said('1', 'eve'), said('1', 'ann', 'ASK_INFO'), asked('1')])).toEqual({ looked: 1, broken: [] });
  expect(keptDuties([asked('1'), said('1', 'ann'), asked('2'), said('2', 'bob', 'DENY'), said('3', 'ann')])).toEqual({ looked: 2, broken: ['1/g', '2/g'] });
});
