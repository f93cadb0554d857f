import { useQueryClient } from '@tanstack/react-query';
import { told, write } from '../lib/api';
import { Link } from '../lib/router';
import { span, useNow } from '../lib/time';
import { useAct } from '../run/actions';
import { Empty, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { useDelegations } from './say';

/** Whose say is with whom, and until when. */
export function Delegations({ scope, onNew }: { scope: Scope; onNew: () => void }) {
  const list = useDelegations(scope);
  const queries = useQueryClient();
  const { act, busy, failure } = useAct();
  const now = useNow(30_000);
  const back = (delegation: string) => void act(() => told(write.DELETE('/v1/delegations/{delegation}', { params: { path: { delegation } } })), 'Taken back.').then(() => queries.invalidateQueries({ queryKey: ['delegations'] }));
  return (
    <section className="card">
      <div className="card-head"><h2>Who decides for whom</h2>{scope.can('approver') && <button type="button" className="button primary" onClick={onNew}>Hand mine to somebody…</button>}</div>
      {list.length === 0 ? <Empty title="Nobody has handed his say to anybody">Before a holiday, for example. It is not handed on, and the record names both.</Empty> : (
        <div className="table-wrap"><table className="table">
          <thead><tr><th>Say of</th><th>is with</th><th>about</th><th>until</th><th className="right"><span className="visually-hidden">Take back</span></th></tr></thead>
          <tbody>
            {list.map((d) => (
              <tr key={d.delegation}>
                <td><b>{d.by}</b>{d.by === scope.who.subject && <span className="muted"> (you)</span>}</td>
                <td><b>{d.to}</b>{d.to === scope.who.subject && <span className="muted"> (you)</span>}</td>
                <td>{d.run ? <Link to={scope.at(`approvals/${d.run}/${d.gate}`)}>one request</Link> : 'everything'}</td>
                <td>{d.from > now ? <>from <Time at={d.from} /> </> : null}<Time at={d.until} /> <span className="muted small">{span(d.until - now)}</span></td>
                <td className="right">{(d.by === scope.who.subject || scope.can('admin')) && <button type="button" className="button small" disabled={busy} onClick={() => back(d.delegation)}>Take back</button>}</td>
              </tr>
            ))}
          </tbody>
        </table></div>
      )}
      {failure !== undefined && <Trouble failure={failure} />}
    </section>
  );
}
