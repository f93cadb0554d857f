import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read, told, write } from '../lib/api';
import { Link } from '../lib/router';
import { age, useNow } from '../lib/time';
import { Chip, Dialog, Empty, Skeleton, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { useAct } from './actions';
import { words } from './status';

/** Steps that only a person can move. */
export default function FailedPage({ scope }: { scope: Scope }) {
  const now = useNow(10_000);
  const asked = useQuery({ queryKey: ['dlq', scope.workspace], queryFn: () => told(read.GET('/v1/dlq', { params: { query: { workspace: scope.workspace, limit: 200 } } })) });
  const { act, busy, failure, clear } = useAct();
  const [matching, setMatching] = useState<number>();
  const replay = (dryRun: boolean) => (key: string) => told(write.POST('/v1/dlq/replays', { params: { header: { 'Idempotency-Key': key } }, body: { workspace: scope.workspace, dryRun } }));
  return (
    <>
      <div className="page-head">
        <div><h1>Failed work</h1><p>Attempts that are used up, and calls whose effect is not known. Each waits for a person; nothing is lost.</p></div>
        {scope.can('operator') && (asked.data?.items.length ?? 0) > 0 && (
          <button type="button" className="button" disabled={busy} onClick={() => void act(replay(true), 'Counted.').then((done) => done && setMatching((done as { matching?: number; count?: number; steps?: number }).matching ?? (done as { count?: number }).count ?? asked.data?.items.length))}>
            Retry all that stopped…
          </button>
        )}
      </div>
      {asked.isPending ? <Skeleton /> : asked.isError ? <Trouble failure={asked.error} again={() => void asked.refetch()} /> : asked.data.items.length === 0 ? (
        <div className="card"><Empty title="Nothing has failed for good">A step comes here when all its attempts are used, or when it is not known whether a call had its effect.</Empty></div>
      ) : (
        <div className="card table-wrap">
          <table className="table">
            <thead><tr><th>Ticket</th><th>Step</th><th>What happened</th><th>Attempt</th><th>Since</th><th><span className="visually-hidden">Action</span></th></tr></thead>
            <tbody>
              {asked.data.items.map((d) => (
                <tr key={`${d.run}/${d.step}`}>
                  <td><Link to={scope.at(`runs/${d.run}`)}><b>{d.externalId || d.run.slice(0, 8)}</b></Link> <span className="muted">{d.workflow}</span></td>
                  <td>{d.step}</td>
                  <td><Chip tone="human">{d.status === 'AMBIGUOUS' ? 'Effect not known' : words(d.code)}</Chip></td>
                  <td className="num">{d.attempt}</td>
                  <td className="num">{age(now - d.since)} ago</td>
                  <td className="right"><Link className="button small" to={scope.at(`runs/${d.run}`)}>Open and decide</Link></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {matching !== undefined && (
        <Dialog
          title={`Retry ${matching} ${matching === 1 ? 'step' : 'steps'}?`}
          onClose={() => setMatching(undefined)}
          foot={<>
            <button type="button" className="button" onClick={() => setMatching(undefined)}>Leave them</button>
            <button type="button" className="button primary" disabled={busy} onClick={() => void act(replay(false), 'They are retried.').then(() => setMatching(undefined))}>Retry {matching}</button>
          </>}
        >
          <p className="soft">Each gets a new attempt under today's policy. Calls whose effect is not known are left out: somebody has to look first.</p>
        </Dialog>
      )}
      {failure !== undefined && <Dialog title="It was not done" onClose={clear}><Trouble failure={failure} /></Dialog>}
    </>
  );
}
