import { useQuery } from '@tanstack/react-query';
import { read, told } from '../lib/api';
import { amounts, count } from '../lib/money';
import { Link } from '../lib/router';
import { age, span, useNow } from '../lib/time';
import { standing, useVerdicts } from '../worker/attestation';
import { main, Status, words } from '../run/status';
import { Chip, Empty, Skeleton, TONE_ICON, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

/** What is wrong, what waits for me, and can I trust the record? */
export default function HomePage({ scope }: { scope: Scope }) {
  const now = useNow(5_000);
  const ws = scope.workspace;
  const runs = useQuery({ queryKey: ['runs', ws, 'home'], queryFn: () => told(read.GET('/v1/runs', { params: { query: { workspace: ws, limit: 200 } } })) });
  const active = useQuery({ queryKey: ['runs', ws, 'home-active'], queryFn: () => told(read.GET('/v1/runs', { params: { query: { workspace: ws, status: 'RUNNING', limit: 200 } } })) });
  const gates = useQuery({ queryKey: ['gates', 'OPEN', ws], queryFn: () => told(read.GET('/v1/gates', { params: { query: { state: 'OPEN', workspace: ws, limit: 200 } } })) });
  const dead = useQuery({ queryKey: ['dlq', ws], queryFn: () => told(read.GET('/v1/dlq', { params: { query: { workspace: ws, limit: 200 } } })) });
  const feed = useQuery({ queryKey: ['projections'], queryFn: () => told(read.GET('/v1/projections', {})) });
  const head = useQuery({ queryKey: ['head', ws], queryFn: () => told(read.GET('/v1/ledgers/{ws}/head', { params: { path: { ws } } })), refetchInterval: 10_000 });
  const costs = useQuery({ queryKey: ['costs', ws], queryFn: () => told(read.GET('/v1/costs', { params: { query: { workspace: ws } } })) });

  const verdicts = useVerdicts(scope);

  const recent = (runs.data?.items ?? []).filter((r) => now - r.startedAt < 3_600_000);
  const ended = (runs.data?.items ?? []).filter((r) => r.endedAt !== undefined);
  const failed = ended.filter((r) => r.status === 'FAILED');
  const took = ended.map((r) => (r.endedAt ?? 0) - r.startedAt).sort((a, b) => a - b);
  const p95 = took[Math.min(took.length - 1, Math.floor(took.length * 0.95))];
  const mine = (gates.data?.items ?? []).filter((g) => scope.can(g.role) && g.requester !== scope.who.subject && g.author !== scope.who.subject);
  const waits = (active.data?.items ?? []).filter((r) => main(r.waiting ?? []) !== undefined).sort((a, b) => a.startedAt - b.startedAt).slice(0, 5);

  return (
    <>
      <div className="page-head"><h1>Home</h1></div>
      <div className="grid">
        <Wrong scope={scope} dead={dead} feed={feed} head={head} failed={failed.slice(0, 3)} now={now} />
        <section className="card span-6">
          <div className="card-head"><h2>Waiting for you {mine.length > 0 && <span className="muted num">({mine.length})</span>}</h2><Link to={scope.at('approvals')}>All approvals</Link></div>
          {gates.isPending ? <Skeleton rows={3} /> : gates.isError ? <Trouble failure={gates.error} again={() => void gates.refetch()} /> : mine.length === 0 ? (
            <p className="soft">{scope.can('approver') ? 'Nothing waits for your decision.' : `${gates.data.items.length} ${gates.data.items.length === 1 ? 'request waits' : 'requests wait'} for an approver; your role decides none.`}</p>
          ) : (
            <ul className="stack">
              {mine.slice(0, 5).map((g) => (
                <li key={`${g.run}/${g.gate}`} className="row between">
                  <span><b>{g.externalId || g.run.slice(0, 8)}</b> <span className="soft">{g.forStep} in {g.workflow}</span></span>
                  <span className="row"><span className="num muted">{span(g.expiresAt - now)} left</span><Link className="button primary small" to={scope.at(`approvals/${g.run}/${g.gate}`)}>Review</Link></span>
                </li>
              ))}
            </ul>
          )}
        </section>
        <Tile label="Runs in the last hour" value={runs.data ? `${count(recent.length)}${recent.length === 200 ? '+' : ''}` : undefined} note={`${count(active.data?.items.length ?? 0)} under way`} to={scope.at('runs')} spark={perMinute(recent.map((r) => r.startedAt), now)} />
        <Tile label="Failed, of the last 200" value={runs.data ? `${ended.length === 0 ? 0 : Math.round((failed.length / ended.length) * 1_000) / 10} %` : undefined} note={`${failed.length} of ${ended.length} ended`} to={scope.at('runs?state=FAILED')} />
        <Tile label="Time to finish" hint="19 of 20 runs that ended took less" value={runs.data ? (p95 === undefined ? '–' : span(p95)) : undefined} note="95th percentile, waits included" to={scope.at('runs?state=COMPLETED')} />
        <Tile label="Spent" value={costs.data ? amounts(costs.data.total) : undefined} note="all time, this workspace" to={scope.at('cost')} />
        <section className="card span-6">
          <div className="card-head"><h2>The record</h2><Link to={scope.at('proof')}>Proof</Link></div>
          {head.isPending ? <Skeleton rows={2} /> : head.isError ? <Trouble failure={head.error} /> : (
            <div className="row">
              <b className="num" style={{ fontSize: 28, lineHeight: '32px' }}>#{count(head.data.entries)}</b>
              {head.data.cosigned && head.data.cosigned.size >= head.data.entries ? (
                <Chip tone="pass">Cosigned {age(head.data.cosigned.ageMillis)} ago</Chip>
              ) : head.data.cosigned ? (
                <Chip tone="open">Cosigned to {count(head.data.cosigned.size)}</Chip>
              ) : (
                <Chip tone="open">Not cosigned yet</Chip>
              )}
              <Chip tone="open">Workers: {verdicts === undefined ? '…' : verdicts.size === 0 ? 'none yet' : [...new Set([...verdicts.values()].map(standing))].join('; ')}</Chip>
            </div>
          )}
        </section>
        <section className="card span-6">
          <div className="card-head"><h2>Longest waits</h2><Link to={scope.at('runs?state=RUNNING')}>Running</Link></div>
          {active.isPending ? <Skeleton rows={3} /> : waits.length === 0 ? <p className="soft">No run waits.</p> : (
            <ul className="stack" style={{ gap: 6 }}>
              {waits.map((r) => (
                <li key={r.run} className="row between">
                  <Link to={scope.at(`runs/${r.run}`)}><b>{r.externalId || r.run.slice(0, 8)}</b></Link>
                  <span className="row"><Status run={r} /><span className="num muted">{span(now - r.startedAt)}</span></span>
                </li>
              ))}
            </ul>
          )}
        </section>
        {runs.data?.items.length === 0 && <section className="card span-12"><Empty title="Nothing has run yet" action={<Link className="button primary" to={scope.at('workflows')}>See workflows</Link>}>A run starts when a trigger fires, or when you start one.</Empty></section>}
      </div>
    </>
  );
}

type Asked<T> = { data: T | undefined; isPending: boolean; isError: boolean; error: unknown };
type Dead = { items: { run: string; step: string; externalId: string; code: string; status: string; since: number }[] };
type Feeds = { feed: { state: string; lagMillis: number; failure?: string } };
type Head = { entries: number; cosigned?: { size: number; ageMillis: number } };
type Failed = { run: string; externalId: string; failureCode?: string; endedAt?: number };

function Wrong({ scope, dead, feed, head, failed, now }: { scope: Scope; dead: Asked<Dead>; feed: Asked<Feeds>; head: Asked<Head>; failed: Failed[]; now: number }) {
  const Fail = TONE_ICON.fail;
  const items: { key: string; what: React.ReactNode; to: string }[] = [];
  if (feed.data && (feed.data.feed.state === 'STOPPED' || feed.data.feed.lagMillis > 30_000)) {
    items.push({ key: 'feed', what: <>Views {feed.data.feed.state === 'STOPPED' ? `have stopped: ${feed.data.feed.failure ?? 'unknown'}` : `are ${age(feed.data.feed.lagMillis)} behind`}</>, to: scope.at('compliance') });
  }
  const cosigned = head.data?.cosigned;
  if (head.data && (!cosigned || (cosigned.size < head.data.entries && cosigned.ageMillis > 60_000))) {
    items.push({ key: 'witness', what: <>{head.data.entries - (cosigned?.size ?? 0)} entries are not cosigned yet</>, to: scope.at('proof') });
  }
  for (const d of dead.data?.items.slice(0, 4) ?? []) {
    items.push({ key: `${d.run}/${d.step}`, what: <><b>{d.externalId || d.run.slice(0, 8)}</b> {d.step} {d.status === 'AMBIGUOUS' ? 'may or may not have had its effect' : `has stopped: ${words(d.code)}`} <span className="muted">{age(now - d.since)} ago</span></>, to: scope.at(`runs/${d.run}`) });
  }
  for (const f of failed) {
    if (f.endedAt && now - f.endedAt < 86_400_000) items.push({ key: f.run, what: <><b>{f.externalId || f.run.slice(0, 8)}</b> failed: {words(f.failureCode ?? '')} <span className="muted">{age(now - f.endedAt)} ago</span></>, to: scope.at(`runs/${f.run}`) });
  }
  const loading = dead.isPending || feed.isPending;
  return (
    <section className="card span-6">
      <div className="card-head"><h2>Wrong now {items.length > 0 && <span className="muted num">({items.length})</span>}</h2></div>
      {loading ? <Skeleton rows={3} /> : items.length === 0 ? <p className="soft"><span className="pass tone-text">✓</span> Nothing is wrong.</p> : (
        <ul className="stack" style={{ gap: 8 }}>
          {items.map((i) => (
            <li key={i.key} className="row between" style={{ flexWrap: 'nowrap' }}>
              <span className="row" style={{ flexWrap: 'nowrap' }}><Fail className="icon fail tone-text" aria-hidden /><span>{i.what}</span></span>
              <Link className="button small" to={i.to}>Open</Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function perMinute(starts: number[], now: number): number[] {
  const bins = new Array<number>(30).fill(0);
  for (const at of starts) {
    const i = 29 - Math.floor((now - at) / 120_000);
    if (i >= 0 && i < 30) bins[i] = (bins[i] ?? 0) + 1;
  }
  return bins;
}

function Tile({ label, value, note, to, spark, hint }: { label: string; value: string | undefined; note: string; to: string; spark?: number[]; hint?: string }) {
  const most = Math.max(1, ...(spark ?? []));
  return (
    <section className="card span-3" title={hint}>
      <h2 className="muted" style={{ fontSize: 12, fontWeight: 500, margin: 0 }}>{label}</h2>
      {value === undefined ? <Skeleton rows={1} /> : (
        <div className="row between">
          <Link to={to} className="num" style={{ fontSize: 28, lineHeight: '36px', fontWeight: 620, color: 'var(--text)' }}>{value}</Link>
          {spark && (
            <svg width="90" height="26" viewBox="0 0 90 26" aria-hidden>
              {spark.map((n, i) => <rect key={i} x={i * 3} y={26 - (n / most) * 24} width="2" height={(n / most) * 24 || 1} fill="var(--run-bar)" />)}
            </svg>
          )}
        </div>
      )}
      <p className="small muted">{note}</p>
    </section>
  );
}
