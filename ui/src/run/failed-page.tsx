import { useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { read, told, write } from '../lib/api';
import { Link } from '../lib/router';
import { age, useNow } from '../lib/time';
import { Chip, Dialog, Empty, Skeleton, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { RetryButton, useAct } from './actions';
import { words } from './status';

/** Steps that only a person can move. */
export default function FailedPage({ scope }: { scope: Scope }) {
  const now = useNow(10_000);
  const asked = useQuery({ queryKey: ['dlq', scope.workspace], queryFn: () => told(read.GET('/v1/dlq', { params: { query: { workspace: scope.workspace, limit: 200 } } })) });
  const { act, busy, failure, clear } = useAct();
  const [matched, setMatched] = useState<number>();
  const replay = (dryRun: boolean) => (key: string) => told(write.POST('/v1/dlq/replays', { params: { header: { 'Idempotency-Key': key } }, body: { workspace: scope.workspace, dryRun } }));
  const stopped = (asked.data?.items ?? []).filter((d) => d.status === 'DEAD').length;
  const runs = (n: number) => (n === 1 ? 'one run' : `${n} runs`);
  return (
    <>
      <div className="page-head">
        <div><h1>Failed work</h1><p>Attempts that are used up, and calls whose effect is not known. Each waits for a person; nothing is lost.</p></div>
        {scope.can('operator') && stopped > 0 && (
          <button type="button" className="button" disabled={busy} onClick={() => void act(replay(true), 'Counted.').then((done) => done && setMatched((done as unknown as { matched: number }).matched))}>
            <RotateCw className="icon" aria-hidden /> Retry all that stopped…
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
                  <td>{d.status === 'AMBIGUOUS' ? <Chip tone="human">Effect not known: somebody has to look</Chip> : <Chip tone="fail">Stopped: {words(d.code)}</Chip>}</td>
                  <td className="num">{d.attempt}</td>
                  <td className="num">{age(now - d.since)} ago</td>
                  <td className="right">{d.status === 'AMBIGUOUS' ? <Link className="button small" to={scope.at(`runs/${d.run}`)}>Look and say</Link> : <RetryButton scope={scope} run={d} step={d.step} attempt={d.attempt + 1} small />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {matched !== undefined && (
        <Dialog
          title={`Retry what stopped in ${runs(matched)}?`}
          onClose={() => setMatched(undefined)}
          foot={<>
            <button type="button" className="button" onClick={() => setMatched(undefined)}>Leave it</button>
            <button type="button" className="button primary" disabled={busy || matched === 0} onClick={() => void act(replay(false), `${matched === 1 ? 'It is' : 'They are'} tried again.`).then(() => setMatched(undefined))}>Retry in {runs(matched)}</button>
          </>}
        >
          <p className="soft">Each step gets a new attempt under today's policy; what was done before stays done. Calls whose effect is not known are left out: somebody has to look first.</p>
        </Dialog>
      )}
      {failure !== undefined && <Dialog title="It was not done" onClose={clear}><Trouble failure={failure} /></Dialog>}
    </>
  );
}
