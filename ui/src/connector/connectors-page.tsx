import { useQuery } from '@tanstack/react-query';
import { everything, raw, read, told, type Schemas } from '../lib/api';
import { count } from '../lib/money';
import { Link, usePlace, withQuery } from '../lib/router';
import { age, span, useNow } from '../lib/time';
import { words } from '../run/status';
import { Chip, Empty, Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

type Call = Schemas['CallPage']['items'][number];
type Flow = { instance: string; workspace: string; breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN'; failures: number; opened: number; inFlight: number; code?: string; openUntil?: number; notBefore?: number };
const bad = (c: Call) => c.outcome !== undefined && c.outcome !== 'SUCCESS' && !c.outcome.startsWith('RECONCILED_DONE');

/** Systems that workflows reach: whether they answer, how fast, and what to do if not. */
export default function ConnectorsPage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const now = useNow(10_000);
  const instances = useQuery({ queryKey: ['instances', scope.workspace], queryFn: () => everything((cursor) => told(read.GET('/v1/connector-instances', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } }))) });
  const calls = useQuery({ queryKey: ['runs', 'calls', scope.workspace], queryFn: () => everything((cursor) => told(read.GET('/v1/calls', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } })), 1_000) });
  const flow = useQuery({ queryKey: ['flow', scope.workspace], refetchInterval: 10_000, queryFn: () => raw('/v1/connector-limits').then((r) => r.json() as Promise<{ items: Flow[] }>).then((p) => new Map(p.items.filter((i) => i.workspace === scope.workspace).map((i) => [i.instance, i]))) });
  const only = place.query.get('connector') ?? '';
  const all = (calls.data ?? []).filter((c) => only === '' || c.tool === only);
  const odd = all.filter((c) => c.outcome !== undefined && c.outcome !== 'SUCCESS').sort((a, b) => b.intendedAt - a.intendedAt);
  return (
    <>
      <div className="page-head"><div><h1>Connectors</h1><p>What workflows may reach, and whether it answers. Credentials are sealed to workers: neither this page nor this server can show one.</p></div></div>
      {instances.isPending ? <Skeleton /> : instances.isError ? <Trouble failure={instances.error} again={() => void instances.refetch()} /> : instances.data.length === 0 ? (
        <div className="card"><Empty title="Nothing is connected">Admins connect with <code>rails connector add</code>; see its manifest with <code>rails connector show</code>.</Empty></div>
      ) : (
        <div className="grid">
          {instances.data.map((i) => {
            const own = (calls.data ?? []).filter((c) => c.tool === i.connector);
            const failed = own.filter(bad);
            const took = own.filter((c) => c.executedAt).map((c) => (c.executedAt ?? 0) - c.intendedAt).sort((a, b) => a - b);
            const last = own.reduce((most, c) => Math.max(most, c.executedAt ?? c.intendedAt), 0);
            const f = flow.data?.get(i.instance);
            return (
              <section key={i.instance} className="card span-4 stack" aria-label={i.instance}>
                <div className="row between"><h2>{i.instance}</h2><Health calls={calls.isPending ? undefined : own.length} failed={failed.length} flow={f} now={now} /></div>
                <Strip calls={own} />
                <Facts
                  of={[
                    ['Reaches', <span key="h" className="mono">{i.host}:{i.port}</span>],
                    ['Calls', own.length === 0 ? 'none yet' : <span key="c">{count(own.length)}, <b className={failed.length > 0 ? 'fail tone-text' : ''}>{failed.length} failed</b>{f && f.inFlight > 0 ? `, ${f.inFlight} on their way` : ''}</span>],
                    ['Answers in', took.length === 0 ? '–' : `${span(took[Math.floor(took.length / 2)] ?? 0)}, 19 of 20 in ${span(took[Math.min(took.length - 1, Math.floor(took.length * 0.95))] ?? 0)}`],
                    ['Last call', last ? `${age(now - last)} ago` : '–'],
                    ['Credential', i.credentialAt ? <span key="k">sealed <Time at={i.credentialAt} /></span> : 'none needed, or none yet'],
                    ['Manifest', <Hash key="m" value={i.connectorDigest} />],
                  ]}
                />
                {f && f.breaker !== 'CLOSED' && <p className="small">After {f.failures} failures in a row {f.code && <>({words(f.code)}) </>}calls wait{f.openUntil ? ` ${span(f.openUntil - now)} more` : ''}; then one is tried. Nothing is lost.</p>}
                <div className="row">{failed.length > 0 && <Link className="button small" to={withQuery(place, { connector: i.connector })}>What failed</Link>}{scope.can('admin', 'operator') && <Link className="button small" to={scope.at('policy/limits')}>Pause it…</Link>}</div>
              </section>
            );
          })}
        </div>
      )}
      {calls.data && calls.data.length > 0 && (
        <section className="card table-wrap">
          <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>Calls that did not simply succeed</h2>{only && <Link className="button small" to={withQuery(place, { connector: undefined })}>of {only} ✕</Link>}</div>
          {odd.length === 0 ? <p className="soft" style={{ padding: '0 16px 14px' }}>None, of {count(all.length)}.</p> : (
            <table className="table">
              <thead><tr><th>Call</th><th>Outcome</th><th>If it is not known</th><th>Run</th><th>When</th></tr></thead>
              <tbody>
                {odd.slice(0, 50).map((c) => (
                  <tr key={c.callId}>
                    <td>{c.tool}.{c.action}</td>
                    <td><Chip tone={c.outcome === 'AMBIGUOUS' ? 'human' : bad(c) ? 'fail' : 'pass'}>{words(c.outcome ?? '')}</Chip> <span className="small muted">{c.code}</span></td>
                    <td className="small">{{ K: 'repeated under the same key', U: 'repeated: the same again changes nothing', Q: 'the system is asked', N: 'a person looks', M: 'the model is asked again' }[c.class]}</td>
                    <td><Link className="mono" to={scope.at(`runs/${c.run}`)}>{c.run.slice(0, 13)}</Link></td>
                    <td><Time at={c.executedAt ?? c.intendedAt} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      )}
    </>
  );
}

function Health({ calls, failed, flow, now }: { calls: number | undefined; failed: number; flow: Flow | undefined; now: number }) {
  if (flow?.breaker === 'OPEN') return <Chip tone="fail">Held back</Chip>;
  if (flow?.breaker === 'HALF_OPEN') return <Chip tone="retry">Trying again</Chip>;
  if (flow?.notBefore && flow.notBefore > now) return <Chip tone="throttle">Paced, {span(flow.notBefore - now)}</Chip>;
  if (calls === undefined) return <span className="muted">…</span>;
  if (calls === 0) return <Chip tone="open">Not called yet</Chip>;
  return failed === 0 ? <Chip tone="pass">Answers</Chip> : failed / calls > 0.2 ? <Chip tone="fail">Fails often</Chip> : <Chip tone="gate">Answers, mostly</Chip>;
}

/** The last calls, one mark each, the newest to the right: high is slow, red did not succeed. */
function Strip({ calls }: { calls: Call[] }) {
  const last = [...calls].sort((a, b) => a.intendedAt - b.intendedAt).slice(-60);
  const slowest = Math.max(1, ...last.map((c) => (c.executedAt ?? c.intendedAt) - c.intendedAt));
  return (
    <svg width="100%" height="34" viewBox="0 0 360 34" preserveAspectRatio="none" role="img" aria-label={`The last ${last.length} calls, ${last.filter(bad).length} of them failed`}>
      {last.map((c, i) => {
        const h = c.executedAt ? Math.max(3, ((c.executedAt - c.intendedAt) / slowest) * 30) : 30;
        return <rect key={c.callId} x={(60 - last.length + i) * 6} y={32 - h} width="4" height={h} rx="1" fill={bad(c) ? 'var(--fail-bar)' : c.outcome === undefined ? 'var(--border-strong)' : 'var(--pass-bar)'} />;
      })}
      <rect x="0" y="33" width="360" height="1" fill="var(--border)" />
    </svg>
  );
}
