import { useQuery } from '@tanstack/react-query';
import { amount, Meter, useBudgets, whose } from '../budget/budgets';
import { forecast, type Budget } from '../budget/forecast';
import { useOwnSays } from '../gate/say';
import { raw, read, told, type Schemas } from '../lib/api';
import { usePauses } from '../policy/queries';
import { amounts, count } from '../lib/money';
import { Link } from '../lib/router';
import { age, moment, span, useNow } from '../lib/time';
import { standing, useWorkers, verdictsOf } from '../worker/attestation';
import { main, Status, words } from '../run/status';
import { Chip, Empty, Skeleton, TONE_ICON, Trouble, type Tone } from '../ui/parts';
import type { Scope } from '../ui/scope';

/** What is wrong, what waits for me, and can I trust the record? */
export default function HomePage({ scope }: { scope: Scope }) {
  const now = useNow(5_000);
  const ws = scope.workspace;
  const activity = useQuery({ queryKey: ['home', ws, 'activity'], refetchInterval: 10_000, queryFn: () => told(read.GET('/v1/activity', { params: { query: { workspace: ws, minutes: 60 } } })) });
  const failed = useQuery({ queryKey: ['runs', ws, 'home-failed'], queryFn: () => told(read.GET('/v1/runs', { params: { query: { workspace: ws, status: 'FAILED', limit: 3 } } })) });
  const active = useQuery({ queryKey: ['runs', ws, 'home-active'], queryFn: () => told(read.GET('/v1/runs', { params: { query: { workspace: ws, status: 'RUNNING', limit: 100 } } })) });
  const gates = useQuery({ queryKey: ['gates', 'OPEN', ws], queryFn: () => told(read.GET('/v1/gates', { params: { query: { state: 'OPEN', workspace: ws, limit: 200 } } })) });
  const dead = useQuery({ queryKey: ['dlq', ws], queryFn: () => told(read.GET('/v1/dlq', { params: { query: { workspace: ws, limit: 200 } } })) });
  const feed = useQuery({ queryKey: ['projections'], queryFn: () => told(read.GET('/v1/projections', {})) });
  const head = useQuery({ queryKey: ['head', ws], queryFn: () => told(read.GET('/v1/ledgers/{ws}/head', { params: { path: { ws } } })), refetchInterval: 10_000 });
  const today = new Date(now).setHours(0, 0, 0, 0);
  const costs = useQuery({ queryKey: ['costs', ws, today], queryFn: () => told(read.GET('/v1/costs', { params: { query: { workspace: ws, since: today } } })) });

  const budgets = useBudgets(scope);
  // A browser asks six things at a time: what only adds to a tile that is there waits for the tiles.
  const later = !activity.isPending && !gates.isPending && !head.isPending;
  const workers = useWorkers(scope, later);
  const verdicts = verdictsOf(workers.data);
  const flow = useQuery({ enabled: later, queryKey: ['flow', ws, 'home'], refetchInterval: 30_000, queryFn: () => raw('/v1/connector-limits').then((r) => r.json() as Promise<{ items: { instance: string; workspace: string; breaker: string; code?: string }[] }>).then((p) => p.items.filter((i) => i.workspace === ws && i.breaker === 'OPEN')) });
  const pauses = usePauses(scope, later);
  // The budget that ends first is the one that stops calls first.
  const cap = (budgets.data ?? []).filter((b) => /^[A-Z]{3}$/.test(b.unit) && !b.workflow && (!b.workspace || b.workspace === ws)).sort((a, b) => a.endsAt - b.endsAt)[0];
  const more: Item[] = [
    ...(budgets.data ?? []).filter((b) => b.limit > 0 && (!b.workspace || b.workspace === ws) && (b.used + b.reserved) / b.limit >= 0.9).map((b) => ({ key: `b${b.budget}${b.period}${b.unit}`, tone: 'budget' as const, what: <>Budget of <b>{whose(b)}</b> {Math.round(((b.used + b.reserved) / b.limit) * 100)} % used</>, to: scope.at('cost') })),
    ...(flow.data ?? []).map((f) => ({ key: `f${f.instance}`, tone: 'fail' as const, what: <><b>{f.instance}</b> does not answer; calls are held back {f.code && <span className="muted">{words(f.code)}</span>}</>, to: scope.at('connectors') })),
    ...(workers.data ?? []).filter((w) => w.refused).map((w) => ({ key: `w${w.worker}`, tone: 'fail' as const, what: <>No keys were released to <b>{w.worker}</b></>, to: scope.at('workers') })),
    ...Object.entries(pauses.data ?? {}).flatMap(([kind, targets]) => Object.keys(targets).map((target) => ({ key: `p${kind}${target}`, tone: 'human' as const, what: <><b>{kind === 'TENANT' ? 'Everything' : target}</b> is paused</>, to: scope.at('policy/limits') }))),
  ];

  const busy = activity.data;
  const idle = busy !== undefined && busy.started + busy.open === 0;
  const any = useQuery({ queryKey: ['runs', ws, 'home-any'], enabled: idle, queryFn: () => told(read.GET('/v1/runs', { params: { query: { workspace: ws, limit: 1 } } })) });
  // Who is asked may be a group, which no token names.
  const says = useOwnSays(scope, scope.can('approver') && (gates.data?.items ?? []).some((g) => !scope.can(g.role)));
  const mine = (gates.data?.items ?? []).filter((g) => says.includes(g.role) && g.requester !== scope.who.subject && g.author !== scope.who.subject);
  const waits = (active.data?.items ?? []).filter((r) => main(r.waiting ?? []) !== undefined).sort((a, b) => a.startedAt - b.startedAt).slice(0, 5);

  return (
    <>
      <div className="page-head"><h1>Home</h1></div>
      <div className="grid">
        <Wrong scope={scope} more={more} dead={dead} feed={feed} head={head} failed={failed.data?.items ?? []} now={now} />
        <section className="card span-6" aria-label="Waiting for you">
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
        <div className="tiles">
          <Tile label="Throughput" failed={activity.isError && !busy} hint="Runs that started, a minute, over the last five; the bars are the last hour" value={busy && `${perMinute(busy)} a minute`} note={busy ? `${count(busy.started)} started, ${count(busy.ended)} ended in an hour` : ''} to={scope.at('runs')} spark={busy && bars(busy)} />
          <Tile label="Errors" failed={activity.isError && !busy} hint="Of the runs that ended within the last hour" value={busy && (busy.ended === 0 ? '–' : `${Math.round((busy.failed / busy.ended) * 1_000) / 10} %`)} note={busy ? `${count(busy.failed)} of ${count(busy.ended)} failed in an hour` : ''} to={scope.at('runs?state=FAILED')} />
          <Tile label="Queue" failed={activity.isError && !busy} hint="Steps that are ready and that no worker has taken up" value={busy && `${count(busy.queue.ready)} ready`} note={busy ? queueWords(busy.queue, now) : ''} to={scope.at('runs?state=RUNNING')} />
          <Tile label="Time to finish" failed={activity.isError && !busy} hint="19 of 20 runs that ended within the last hour took less; waits for people are in it" value={busy && (busy.took ? span(busy.took.p95) : '–')} note={busy?.took ? `95th percentile; half within ${span(busy.took.p50)}` : 'nothing ended in an hour'} to={scope.at('runs?state=COMPLETED')} />
          {cap ? (
            <Tile label={`Spent ${PERIOD[cap.period]} of ${amount(cap.limit, cap.unit)}`} hint={cap.reserved > 0 ? `${amount(cap.reserved, cap.unit)} more set aside for calls on their way` : 'Nothing is set aside for calls on their way'} value={amount(cap.used, cap.unit)} note={ahead(cap, now)} to={scope.at('cost')}>
              <Meter share={cap.limit > 0 ? (cap.used + cap.reserved) / cap.limit : 1} used={cap.limit > 0 ? cap.used / cap.limit : 1} label={`Budget ${PERIOD[cap.period]}`} />
            </Tile>
          ) : (
            <Tile label="Spent today" value={costs.data && !budgets.isPending ? amounts(costs.data.total) : undefined} note="no budget is set" failed={costs.isError} to={scope.at('cost')} />
          )}
        </div>
        <section className="card span-6" aria-label="The record">
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
        <section className="card span-6" aria-label="Longest waits">
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
        {any.data?.items.length === 0 && <section className="card span-12"><Empty title="Nothing has run yet" action={<Link className="button primary" to={scope.at('workflows')}>See workflows</Link>}>A run starts when a trigger fires, or when you start one.</Empty></section>}
      </div>
    </>
  );
}

type Asked<T> = { data: T | undefined; isPending: boolean; isError: boolean; error: unknown };
type Dead = { items: { run: string; step: string; externalId: string; code: string; status: string; since: number }[] };
type Feeds = { feed: { state: string; lagMillis: number; failure?: string } };
type Head = { entries: number; cosigned?: { size: number; ageMillis: number } };
type Failed = { run: string; externalId: string; failureCode?: string; endedAt?: number };

type Item = { key: string; tone?: Tone; what: React.ReactNode; to: string };

function Wrong({ scope, more, dead, feed, head, failed, now }: { scope: Scope; more: Item[]; dead: Asked<Dead>; feed: Asked<Feeds>; head: Asked<Head>; failed: Failed[]; now: number }) {
  const items: Item[] = [];
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
  items.push(...more);
  for (const f of failed) {
    if (f.endedAt && now - f.endedAt < 86_400_000) items.push({ key: f.run, what: <><b>{f.externalId || f.run.slice(0, 8)}</b> failed: {words(f.failureCode ?? '')} <span className="muted">{age(now - f.endedAt)} ago</span></>, to: scope.at(`runs/${f.run}`) });
  }
  const loading = dead.isPending || feed.isPending;
  return (
    <section className="card span-6" aria-label="Wrong now">
      <div className="card-head"><h2>Wrong now {items.length > 0 && <span className="muted num">({items.length})</span>}</h2></div>
      {loading ? <Skeleton rows={3} /> : items.length === 0 ? <p className="soft"><span className="pass tone-text">✓</span> Nothing is wrong.</p> : (
        <ul className="stack" style={{ gap: 8 }}>
          {items.slice(0, 8).map((i) => {
            const Icon = TONE_ICON[i.tone ?? 'fail'];
            return (
              <li key={i.key} className="row between" style={{ flexWrap: 'nowrap' }}>
                <span className="row" style={{ flexWrap: 'nowrap' }}><Icon className={`icon ${i.tone ?? 'fail'} tone-text`} aria-hidden /><span>{i.what}</span></span>
                <Link className="button small" to={i.to}>Open</Link>
              </li>
            );
          })}
          {items.length > 8 && <li className="muted small">and {items.length - 8} more</li>}
        </ul>
      )}
    </section>
  );
}

type Busy = Schemas['Activity'];
const MINUTE = 60_000;

function perMinute({ at, perMinute: minutes }: Busy): string {
  const rate = minutes.filter((m) => at - m.at < 5 * MINUTE).reduce((sum, m) => sum + m.started, 0) / 5;
  return rate >= 10 || rate === 0 ? String(Math.round(rate)) : rate.toFixed(1);
}

/** The last hour, two minutes a bar. */
function bars({ at, perMinute: minutes }: Busy): number[] {
  const bins = new Array<number>(30).fill(0);
  for (const m of minutes) {
    const i = 29 - Math.floor((at - m.at) / (2 * MINUTE));
    if (i >= 0 && i < 30) bins[i] = (bins[i] ?? 0) + m.started;
  }
  return bins;
}

const PERIOD = { HOUR: 'this hour', DAY: 'today', MONTH: 'this month' };

/** How the period ends if it goes on as it did. */
function ahead(cap: Budget, now: number): string {
  const seen = forecast(cap, now);
  if (!seen) return 'Forecast: too early to say';
  return seen.usedUpAt ? `Forecast: used up at ${moment(seen.usedUpAt, now)}` : `Forecast: ${amount(seen.atEnd, cap.unit)} at the end`;
}

function queueWords(queue: Busy['queue'], now: number): string {
  const parts = [
    queue.readySince !== undefined && `oldest ${age(now - queue.readySince)}`,
    `${count(queue.begun)} at work`,
    queue.later > 0 && `${count(queue.later)} later`,
    `${count(queue.gates)} at approvals`,
    queue.stopped > 0 && `${count(queue.stopped)} stopped`,
  ];
  return parts.filter(Boolean).join(', ');
}

function Tile({ label, value, note, to, spark, hint, failed = false, children }: { label: string; value: string | undefined; note: string; to: string; spark?: number[] | undefined; hint?: string; failed?: boolean; children?: React.ReactNode }) {
  const most = Math.max(1, ...(spark ?? []));
  return (
    <section className="card" title={hint}>
      <div className="row between" style={{ minHeight: 26 }}>
        <h2 className="muted" style={{ fontSize: 12, fontWeight: 500, margin: 0 }}>{label}</h2>
        {spark && (
          <svg width="90" height="26" viewBox="0 0 90 26" aria-hidden>
            {spark.map((n, i) => <rect key={i} x={i * 3} y={26 - (n / most) * 24} width="2" height={(n / most) * 24 || 1} fill="var(--run-bar)" />)}
          </svg>
        )}
      </div>
      {failed ? <p className="soft">Not known just now; it is asked again.</p> : value === undefined ? <Skeleton rows={1} /> : (
        <Link to={to} className="num" style={{ fontSize: 28, lineHeight: '36px', fontWeight: 620, color: 'var(--text)' }}>{value}</Link>
      )}
      {children}
      <p className="small muted">{note}</p>
    </section>
  );
}
