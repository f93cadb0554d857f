import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { read, told, write } from '../lib/api';
import { amounts, count } from '../lib/money';
import { Link } from '../lib/router';
import { age, span, useNow } from '../lib/time';
import { useAct } from '../run/actions';
import { useRun } from '../run/run-page';
import { Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { GateState, mayNot, short } from './approvals-page';

type Verdict = 'APPROVE' | 'DENY' | 'ASK_INFO' | 'WITHDRAW';

/** What exactly will happen, why somebody is asked, and whether he may. */
export default function ApprovalPage({ scope, run, gate }: { scope: Scope; run: string; gate: string }) {
  const asked = useQuery({
    queryKey: ['gate', run, gate],
    queryFn: () => told(read.GET('/v1/runs/{run}/gates/{gate}', { params: { path: { run, gate } } })),
    refetchInterval: 10_000,
  });
  const detail = useRun(run);
  const now = useNow();
  const { act, busy, failure } = useAct(run);
  // The digest that was on the page when it was opened: what is decided about is what was seen.
  const seen = useRef<string | undefined>(undefined);
  const [sure, setSure] = useState<Verdict>();
  if (asked.data && !seen.current) seen.current = asked.data.callDigest;
  const changed = asked.data !== undefined && seen.current !== asked.data.callDigest;
  const no = asked.data ? mayNot(scope, asked.data) : 'loading';

  const decide = (verdict: Verdict) =>
    act(
      (key) => told(write.POST('/v1/runs/{run}/gates/{gate}/decisions', { params: { path: { run, gate }, header: { 'Idempotency-Key': key } }, body: { verdict, callDigest: seen.current ?? '', channel: 'API' } })),
      verdict === 'APPROVE' ? 'Approved. The call is made now.' : verdict === 'DENY' ? 'Denied. Nothing is sent.' : 'Recorded.',
    ).then(() => {
      setSure(undefined);
      return asked.refetch();
    });

  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && no === undefined && !changed && !busy) {
        e.preventDefault();
        void decide('APPROVE');
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });

  if (asked.isPending) return <Skeleton rows={8} />;
  if (asked.isError && !asked.data) return <Trouble failure={asked.error} again={() => void asked.refetch()} />;
  const g = asked.data;
  return (
    <>
      <div className="page-head">
        <div>
          <Link className="small" to={scope.at('approvals')}><ArrowLeft className="icon" style={{ verticalAlign: -3 }} aria-hidden /> Approvals</Link>
          <div className="row">
            <h1>{g.forStep} for {g.externalId || g.run.slice(0, 8)}</h1>
            <GateState state={g.state} />
          </div>
        </div>
        {g.state === 'OPEN' && (
          <p className="nowrap">Expires <Time at={g.expiresAt} /> <span className="muted">({span(g.expiresAt - now)} left; then the answer is no)</span></p>
        )}
      </div>
      {changed && (
        <div className="banner human" role="alert">
          <div className="grow"><b>This is no longer what you opened</b><p>The call was changed meanwhile. Look at the new one before you decide.</p></div>
          <button type="button" className="button" onClick={() => { seen.current = g.callDigest; void asked.refetch(); }}>Open the new call</button>
        </div>
      )}
      <div className="grid">
        <section className="card span-7">
          <h2>What will happen</h2>
          <Facts
            of={[
              ['Step', `${g.forStep}, workflow ${g.workflow}`],
              ...Object.entries(g.display).map(([name, value]): [string, React.ReactNode] => [name, <b key={name}>{short(value)}</b>]),
              ['Other fields', <span key="s" className="muted">▒▒▒▒▒▒▒▒ sealed: this server can not read them</span>],
              ['Call', <Hash key="h" value={g.callDigest} />],
            ]}
          />
          <p className="small muted" style={{ marginTop: 12 }}>The digest covers every argument, also the sealed ones. Another call, even one letter different, needs another approval.</p>
        </section>
        <section className="card span-5">
          <h2>Why you are asked</h2>
          <Facts
            of={[
              ['Policy', <Link key="p" to={scope.at(`policy?run=${g.run}`)}>{g.reasons.join(', ')}</Link>],
              ['Needs', `${g.quorum} of role ${g.role}`],
              ['May not', `${g.requester} (requester), ${g.author} (author)`],
              ['Asked', <span key="a"><Time at={g.requestedAt} /> <span className="muted">{age(now - g.requestedAt)} ago</span></span>],
              ['Run so far', <span key="r"><Link to={scope.at(`runs/${g.run}`)}>{g.externalId || g.run.slice(0, 8)}</Link>{detail.data ? `, ${amounts(detail.data.cost)}` : ''}</span>],
              ['Ledger', <Link key="l" to={scope.at(`proof/leaf/${g.position}`)}>#{count(g.position)}</Link>],
            ]}
          />
        </section>
        <section className="card span-12">
          <div className="card-head"><h2>Decide</h2>{no && <span className="soft">{no}</span>}</div>
          <div className="row">
            {g.state === 'OPEN' && !no && (
              <>
                <button type="button" className="button primary" disabled={busy || changed} onClick={() => void decide('APPROVE')}>
                  Approve this call <kbd>Ctrl ↵</kbd>
                </button>
                {sure === 'DENY' ? (
                  <button type="button" className="button danger" disabled={busy || changed} onClick={() => void decide('DENY')}>Deny: nothing is sent</button>
                ) : (
                  <button type="button" className="button" disabled={busy || changed} onClick={() => setSure('DENY')}>Deny…</button>
                )}
                <button type="button" className="button" disabled={busy || changed} onClick={() => void decide('ASK_INFO')}>Ask for information</button>
              </>
            )}
            {no && (
              <button type="button" className="button" onClick={() => void navigator.clipboard.writeText(window.location.href)}>Copy the link for somebody who may</button>
            )}
          </div>
          {failure !== undefined && <div style={{ marginTop: 12 }}><Trouble failure={failure} /></div>}
        </section>
        <section className="card span-12">
          <h2>History</h2>
          {g.decisions.length === 0 ? (
            <p className="soft">Nobody has said anything yet.</p>
          ) : (
            <div className="table-wrap">
              <table className="table">
                <thead><tr><th>When</th><th>Who</th><th>Said</th><th>By way of</th><th>Call</th><th className="right">Ledger</th></tr></thead>
                <tbody>
                  {g.decisions.map((d) => (
                    <tr key={d.position}>
                      <td><Time at={d.decidedAt} /></td>
                      <td>{d.approver}</td>
                      <td><b>{d.verdict}</b></td>
                      <td>{d.channel}</td>
                      <td><Hash value={d.callDigest} /></td>
                      <td className="right"><Link to={scope.at(`proof/leaf/${d.position}`)}>#{count(d.position)}</Link></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </section>
      </div>
    </>
  );
}
