import { describe, expect, it } from 'vitest';
import { asked, described, searchOf, typed } from './search';

const read = (text: string) => searchOf(new URLSearchParams(text));

describe('a search for runs', () => {
  it('knows what was typed by what it looks like', () => {
    expect(typed('INC0048213')).toEqual({ q: 'INC0048213' });
    expect(typed('@p-mara')).toEqual({ actor: 'p-mara' });
    expect(typed('sha256:9f2c41d0ab')).toEqual({ hash: 'sha256:9f2c41d0ab' });
    expect(typed('12345678')).toEqual({ q: '12345678' });
    expect(typed('approver:@p-jon state:failed time:7d ref:re_3Nf workflow:refund')).toEqual({ approver: 'p-jon', state: 'FAILED', time: '7d', ref: 're_3Nf', workflow: 'refund' });
    expect(typed('color:red')).toEqual({ q: 'color:red' });
  });

  it('asks the server for what the address says, and for nothing that it does not know', () => {
    expect(asked(read('q=INC1*&ref=a&actor=b&approver=c&hash=abcdef01&workflow=d&env=e&state=FAILED'))).toEqual({ externalId: 'INC1*', reference: 'a', actor: 'b', approver: 'c', hash: 'abcdef01', workflow: 'd', environment: 'e', status: 'FAILED' });
    expect(asked(read('state=ODD&time=never&from=yesterday'))).toEqual({});
    expect(asked(read('from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z'))).toEqual({ from: 1_772_323_200_000, to: 1_772_409_600_000 });
    expect(asked(read('time=1h')).from).toBeGreaterThan(Date.now() - 3_700_000);
  });

  it('is called by its parts until somebody names it', () => {
    expect(described(read('state=FAILED&approver=p-jon&time=7d'))).toBe('failed, approver p-jon, last 7 days');
    expect(described({})).toBe('all');
  });
});
