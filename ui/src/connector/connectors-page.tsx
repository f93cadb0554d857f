import { useQuery } from '@tanstack/react-query';
import { everything, read, told } from '../lib/api';
import { Link } from '../lib/router';
import { age, useNow } from '../lib/time';
import { Chip, Empty, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

/** Systems that workflows reach, and how their calls went. */
export default function ConnectorsPage({ scope }: { scope: Scope }) {
  const now = useNow(30_000);
  const instances = useQuery({ queryKey: ['instances', scope.workspace], queryFn: () => everything((cursor) => told(read.GET('/v1/connector-instances', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } }))) });
  const calls = useQuery({ queryKey: ['runs', 'calls', scope.workspace], queryFn: () => everything((cursor) => told(read.GET('/v1/calls', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } })), 1_000) });
  const health = (connector: string) => {
    const own = (calls.data ?? []).filter((c) => c.tool === connector);
    const failed = own.filter((c) => c.outcome && c.outcome !== 'SUCCESS' && !c.outcome.startsWith('RECONCILED_DONE'));
    const last = own.reduce((most, c) => Math.max(most, c.executedAt ?? c.intendedAt), 0);
    return { all: own.length, failed: failed.length, last, codes: [...new Set(failed.map((c) => c.code ?? c.outcome ?? ''))] };
  };
  return (
    <>
      <div className="page-head"><div><h1>Connectors</h1><p>What workflows may reach. Credentials are sealed to workers: neither this page nor this server can show one.</p></div></div>
      {instances.isPending ? <Skeleton /> : instances.isError ? <Trouble failure={instances.error} again={() => void instances.refetch()} /> : instances.data.length === 0 ? (
        <div className="card"><Empty title="Nothing is connected">Admins connect with <code>rails connector add</code>; see its manifest with <code>rails connector show</code>.</Empty></div>
      ) : (
        <div className="card table-wrap">
          <table className="table">
            <thead><tr><th>Instance</th><th>Health</th><th>Reaches</th><th>Credential</th><th>Last call</th><th>Manifest</th></tr></thead>
            <tbody>
              {instances.data.map((i) => {
                const h = health(i.connector);
                return (
                  <tr key={i.instance}>
                    <td><b>{i.instance}</b> <span className="muted">{i.connector}</span></td>
                    <td>{calls.isPending ? '…' : h.all === 0 ? <Chip tone="open">Not called yet</Chip> : h.failed === 0 ? <Chip tone="pass">{h.all} of {h.all} calls succeeded</Chip> : <Chip tone="fail">{h.failed} of {h.all} calls failed: {h.codes.slice(0, 2).join(', ')}</Chip>}</td>
                    <td className="mono">{i.host}:{i.port}</td>
                    <td>{i.credentialAt ? <>sealed <Time at={i.credentialAt} /></> : <span className="muted">none needed or none yet</span>}</td>
                    <td className="num">{h.last ? `${age(now - h.last)} ago` : '–'}</td>
                    <td><Hash value={i.connectorDigest} /></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {calls.data && calls.data.length > 0 && (
        <section className="card table-wrap">
          <h2 style={{ padding: '14px 16px 4px' }}>Calls that did not simply succeed</h2>
          {calls.data.every((c) => c.outcome === 'SUCCESS' || !c.outcome) ? <p className="soft" style={{ padding: '0 16px 14px' }}>None, of {calls.data.length}.</p> : (
            <table className="table">
              <thead><tr><th>Call</th><th>Outcome</th><th>Class</th><th>Run</th><th>When</th></tr></thead>
              <tbody>
                {calls.data.filter((c) => c.outcome && c.outcome !== 'SUCCESS').slice(0, 50).map((c) => (
                  <tr key={c.callId}>
                    <td>{c.tool}.{c.action}</td>
                    <td><Chip tone={c.outcome === 'AMBIGUOUS' ? 'human' : 'fail'}>{c.outcome} {c.code}</Chip></td>
                    <td title="K: keys, U: idempotent, Q: can be asked, N: neither, M: model">{c.class}</td>
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
