import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { everything, read, told } from '../lib/api';
import { count } from '../lib/money';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { useExceptions } from '../policy/exceptions';
import { download, useAct } from '../run/actions';
import { titleOf } from '../run/entry-words';
import { Effect, Empty, Facts, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { about, doneBy } from './access-words';
import { keptDuties } from './duties';

const ACCESS = 'EVIDENCE_READ,EVIDENCE_EXPORTED,ACCESS_REFUSED,REVEAL_GRANTED';
const ACTS = 'ROLES_SET,ROLES_PROPOSED,ROLES_PROPOSAL_DECISIONED,POLICY_DRAFTED,POLICY_DRAFT_DECISIONED,POLICY_BUNDLE_PUBLISHED,PAUSE_PLACED,PAUSE_LIFTED,RETENTION_SET,LEGAL_HOLD_PLACED,LEGAL_HOLD_RELEASED,RUN_ERASED,SUBJECT_ERASED,BUDGET_LIMIT_SET,ENVIRONMENT_PROPOSED,ENVIRONMENT_DECLARED,PROJECT_SET,PROJECT_REMOVED';

/** Was policy kept, who looked, and the record to take away. */
export default function CompliancePage({ scope }: { scope: Scope }) {
  return (
    <>
      <div className="page-head"><div><h1>Compliance</h1><p>What was decided, who looked at evidence, and how long things are kept. Each line is an entry of the ledger.</p></div></div>
      <div className="grid">
        <Adherence scope={scope} />
        <Exports scope={scope} />
        <Keeping scope={scope} />
        <Access scope={scope} />
      </div>
    </>
  );
}

function Adherence({ scope }: { scope: Scope }) {
  const decisions = useQuery({ queryKey: ['adherence', scope.workspace], queryFn: () => everything((cursor) => told(read.GET('/v1/decisions', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } })), 2_000) });
  const gates = useQuery({
    queryKey: ['gates', 'decided', scope.workspace],
    queryFn: async () => {
      const of = (state: 'APPROVED' | 'DENIED' | 'EXPIRED') => told(read.GET('/v1/gates', { params: { query: { state, workspace: scope.workspace, limit: 200 } } }));
      const [approved, denied, expired] = await Promise.all([of('APPROVED'), of('DENIED'), of('EXPIRED')]);
      return { approved: approved.items.length, denied: denied.items.length, expired: expired.items.length };
    },
  });
  // Looked at in the record itself, the newest first: that the rules forbid it is one thing, that it did not happen another.
  const duties = useQuery({
    queryKey: ['gates', 'duties', scope.workspace],
    staleTime: 60_000,
    queryFn: async () => {
      const page = await told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: scope.workspace }, query: { limit: 200, newestFirst: true, types: 'HUMAN_GATE_REQUESTED,HUMAN_GATE_DECISIONED' } } }));
      return keptDuties(page.items);
    },
  });
  const counts = new Map<string, number>();
  for (const d of decisions.data ?? []) counts.set(d.effect, (counts.get(d.effect) ?? 0) + 1);
  const standing = useExceptions(scope).data?.filter((e) => e.state === 'ACTIVE');
  const unavailable = (decisions.data ?? []).filter((d) => d.unavailable).length;
  const all = decisions.data?.length ?? 0;
  return (
    <section className="card span-7">
      <div className="card-head"><h2>Policy</h2><span className="muted small">{all === 2_000 ? 'the newest 2 000' : `${count(all)} decisions`}</span></div>
      {decisions.isPending ? <Skeleton /> : decisions.isError ? <Trouble failure={decisions.error} /> : all === 0 ? <Empty title="Nothing was decided yet" /> : (
        <>
          <ul className="stack" style={{ gap: 6 }}>
            {[...counts].sort((a, b) => b[1] - a[1]).map(([effect, n]) => (
              <li key={effect} className="row" style={{ flexWrap: 'nowrap' }}>
                <span style={{ width: 110 }}><Effect effect={effect} /></span>
                <span className="grow"><span style={{ display: 'block', height: 8, borderRadius: 4, background: 'var(--run-bar)', width: `${Math.max(1, (n / all) * 100)}%` }} /></span>
                <b className="num" style={{ width: 56, textAlign: 'right' }}>{count(n)}</b>
              </li>
            ))}
          </ul>
          <div style={{ marginTop: 12 }}>
            <Facts
              of={[
                ...(standing ? [['Exceptions', standing.length === 0 ? 'none stands' : <span key="x">{standing.map((e) => `${e.name} until ${e.until.slice(0, 10)}`).join(', ')} <Link to={scope.at('policy/limits')}>Look</Link></span>] as [string, React.ReactNode]] : []),
                ['Answers', unavailable === 0 ? 'policy answered each time it was asked' : <b key="u" className="fail tone-text">{unavailable} times policy gave no valid answer; nothing was sent then</b>],
                ['Separation of duties', duties.data ? (duties.data.looked === 0 ? 'nothing was decided yet' : duties.data.broken.length === 0 ? `kept in all ${duties.data.looked} decided requests looked at: nobody decided what he requested or wrote` : <b key="d" className="fail tone-text">{duties.data.broken.length} decided by who requested it or wrote the workflow</b>) : '…'],
                ['Decided', gates.data ? `${gates.data.approved} approved, ${gates.data.denied} denied, ${gates.data.expired} expired` : '…'],
              ]}
            />
          </div>
        </>
      )}
    </section>
  );
}

const day = (at: Date) => at.toISOString().slice(0, 10);

function Exports({ scope }: { scope: Scope }) {
  const [from, setFrom] = useState(() => day(new Date(Date.now() - 6 * 86_400_000)));
  const [to, setTo] = useState(() => day(new Date()));
  const { act, busy, failure } = useAct();
  const [taken, setTaken] = useState<{ bytes: number; all: number | undefined }>();
  const take = (path: string, name: string) => {
    setTaken({ bytes: 0, all: undefined });
    void act(() => download(path, name, (bytes, all) => setTaken({ bytes, all })), 'The bundle was written.').finally(() => setTaken(undefined));
  };
  if (!scope.can('auditor', 'admin', 'operator')) {
    return <section className="card span-5"><h2>Take evidence away</h2><p className="soft">Auditors, operators and admins can; your role can not.</p></section>;
  }
  const [a, b] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`) + 86_400_000];
  const period = `/v1/evidence/periods?workspace=${encodeURIComponent(scope.workspace)}&from=${a}&to=${b}`;
  return (
    <section className="card span-5 stack">
      <h2>Take evidence away</h2>
      <div className="row">
        <label className="field">From<input type="date" className="input" value={from} max={to} onChange={(e) => setFrom(e.target.value)} /></label>
        <label className="field">To, days in UTC<input type="date" className="input" value={to} min={from} onChange={(e) => setTo(e.target.value)} /></label>
      </div>
      <div className="row">
        <button type="button" className="button primary" disabled={busy || !(a < b)} onClick={() => take(period, `evidence-${from}-${to}.zip`)}><Download className="icon" aria-hidden /> {busy ? 'Preparing' : 'This period'}</button>
        <button type="button" className="button" disabled={busy} onClick={() => take(`/v1/evidence/workspaces/${encodeURIComponent(scope.workspace)}`, 'evidence-workspace.zip')}>The whole log</button>
      </div>
      {taken && (
        <div role="status" className="small soft">
          {taken.bytes === 0 ? 'Entries are collected and signed; a long period takes a while.' : `${(taken.bytes / 1e6).toFixed(1)} MB${taken.all ? ` of ${(taken.all / 1e6).toFixed(1)} MB` : ' so far'}`}
          <progress aria-label="Progress" style={{ width: '100%' }} {...(taken.all ? { value: taken.bytes, max: taken.all } : {})} />
        </div>
      )}
      <p className="small muted">That you took it is an entry of the ledger, before you get it. One run: on its page. Check what you got under Proof.</p>
      {failure !== undefined && <Trouble failure={failure} />}
    </section>
  );
}

function Keeping({ scope }: { scope: Scope }) {
  const retention = useQuery({ queryKey: ['retention', scope.tenant], queryFn: () => told(read.GET('/v1/tenants/{tenant}/retention', { params: { path: { tenant: scope.tenant } } })) });
  const holds = useQuery({ queryKey: ['holds', scope.tenant], queryFn: () => told(read.GET('/v1/holds', {})) });
  return (
    <section className="card span-12">
      <h2>How long things are kept</h2>
      {retention.isPending ? <Skeleton rows={2} /> : retention.isError ? <Trouble failure={retention.error} /> : (
        <dl className="inline-facts">
          <div><dt>Content and run keys</dt><dd>{retention.data.contentDays} days</dd></div>
          <div><dt>Operational trail</dt><dd>{retention.data.traceDays} days</dd></div>
          <div><dt>Events and proofs</dt><dd>{retention.data.auditDays} days</dd></div>
          <div><dt>Set</dt><dd>{retention.data.setAt ? <Time at={retention.data.setAt} /> : <span className="soft">nobody has: these are the defaults</span>}</dd></div>
          <div><dt>Legal holds</dt><dd>{holds.data ? (holds.data.items.length === 0 ? 'none' : holds.data.items.map((h) => `${h.hold} (${h.scope.toLowerCase()} ${h.target.slice(0, 13)})`).join(', ')) : '…'}</dd></div>
        </dl>
      )}
    </section>
  );
}

function Access({ scope }: { scope: Scope }) {
  const place = usePlace();
  const subject = place.query.get('subject') ?? '';
  const kind = place.query.get('what') === 'acts' ? 'acts' : 'access';
  const [typed, setTyped] = useState(subject);
  const log = place.query.get('log') === 'workspace' ? scope.workspace : '_tenant';
  const asked = useInfiniteQuery({
    queryKey: ['access', scope.tenant, kind, log],
    initialPageParam: '',
    queryFn: ({ pageParam }) => told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: log }, query: { limit: 100, newestFirst: true, types: kind === 'acts' ? ACTS : ACCESS, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next,
  });
  const items = (asked.data?.pages.flatMap((p) => p.items) ?? []).filter((e) => subject === '' || JSON.stringify(e).includes(subject));
  return (
    <section className="card span-12" aria-label="Access and changes">
      <div className="row between" style={{ padding: '0 0 8px' }}>
        <div className="tabs" role="group" aria-label="Kind">
          <button type="button" aria-pressed={kind === 'access'} onClick={() => go(withQuery(place, { what: undefined }))}>Who looked</button>
          <button type="button" aria-pressed={kind === 'acts'} onClick={() => go(withQuery(place, { what: 'acts' }))}>Who changed rights, keeping, budgets</button>
        </div>
        <form className="row" onSubmit={(e) => { e.preventDefault(); go(withQuery(place, { subject: typed.trim() || undefined })); }}>
          <select className="input" aria-label="Log" value={log === '_tenant' ? '' : 'workspace'} onChange={(e) => go(withQuery(place, { log: e.target.value || undefined }))}><option value="">Tenant's log</option><option value="workspace">This workspace's log</option></select>
          <input className="input" aria-label="Person, run or position" placeholder="Person, run or position" value={typed} onChange={(e) => setTyped(e.target.value)} />
          <button type="submit" className="button">Filter</button>
        </form>
      </div>
      {asked.isPending ? <Skeleton /> : asked.isError ? <Trouble failure={asked.error} again={() => void asked.refetch()} /> : items.length === 0 ? (
        <Empty title={kind === 'access' ? 'Nobody has looked at evidence' : 'Nothing was changed'}>{subject ? `Nothing names ${subject}.` : 'Reading a proof and taking a bundle both appear here.'}</Empty>
      ) : (
        <div className="table-wrap"><table className="table">
          <thead><tr><th>When</th><th>What</th><th>Who</th><th>About</th><th className="right">Position</th></tr></thead>
          <tbody>
            {items.map((e) => (
              <tr key={e.position}>
                <td><Time at={e.recordedAt} /></td>
                <td>{titleOf(e)}</td>
                <td>{doneBy(e)}</td>
                <td className={kind === 'acts' ? 'small' : undefined} style={{ overflowWrap: 'anywhere' }}>{about(e, scope.workspace) || members(e.event as Record<string, unknown>)}</td>
                <td className="right num">#{count(e.position)}</td>
              </tr>
            ))}
          </tbody>
        </table></div>
      )}
      {asked.hasNextPage && <button type="button" className="button" style={{ marginTop: 12 }} onClick={() => void asked.fetchNextPage()}>Show more</button>}
    </section>
  );
}

/** Acts have members of their own kind; they are said as they stand. */
function members(event: Record<string, unknown>): string {
  const skip = new Set(['principal', 'minute', 'tenant']);
  return Object.entries(event)
    .filter(([name, value]) => !skip.has(name) && value !== '')
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' · ');
}
