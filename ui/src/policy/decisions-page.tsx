import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read, told, type Schemas } from '../lib/api';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { Dialog, Effect, Empty, Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { PolicyTabs } from './tabs';

const EFFECTS = ['ALLOW', 'ROUTE', 'REQUIRE_HITL', 'REQUIRE_STEP_UP', 'THROTTLE', 'DENY'] as const;
type Decision = Schemas['DecisionPage']['items'][number];

/** What policy said, and of what. */
export default function DecisionsPage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const effect = EFFECTS.find((e) => e === place.query.get('effect'));
  const run = place.query.get('run') ?? '';
  const [shown, setShown] = useState<Decision>();
  const decisions = useInfiniteQuery({
    queryKey: ['runs', 'decisions', scope.workspace, effect, run],
    initialPageParam: '',
    queryFn: ({ pageParam }) => told(read.GET('/v1/decisions', { params: { query: { workspace: scope.workspace, limit: 50, ...(effect ? { effect } : {}), ...(run ? { run } : {}), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next,
  });
  const items = decisions.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <PolicyTabs scope={scope} at="decisions" title="Decisions" words="Every decision is kept with the input it was made from: metadata only, no content." />
      <div className="row between">
        <div className="row">
          <h2 className="visually-hidden">What was decided</h2>
          {run && <Link className="button small" to={withQuery(place, { run: undefined })}>of {items[0]?.externalId || `run ${run.slice(0, 8)}`} ✕</Link>}
        </div>
        <div className="tabs" role="group" aria-label="Effect">
          <button type="button" aria-pressed={!effect} onClick={() => go(withQuery(place, { effect: undefined }))}>All</button>
          {EFFECTS.map((e) => <button key={e} type="button" aria-pressed={e === effect} onClick={() => go(withQuery(place, { effect: e }))}>{{ ALLOW: 'Allowed', ROUTE: 'Routed', REQUIRE_HITL: 'Approval', REQUIRE_STEP_UP: 'Step-up', THROTTLE: 'Throttled', DENY: 'Denied' }[e]}</button>)}
        </div>
      </div>
      {decisions.isPending ? <Skeleton /> : decisions.isError && items.length === 0 ? <Trouble failure={decisions.error} again={() => void decisions.refetch()} /> : items.length === 0 ? <div className="card"><Empty title="No such decision">Policy has decided nothing like that here.</Empty></div> : (
        <div className="card table-wrap">
          <table className="table">
            <thead><tr><th>Said</th><th>Because</th><th>Step</th><th>Run</th><th>When</th><th className="right">Input</th></tr></thead>
            <tbody>
              {items.map((d) => (
                <tr key={d.decisionId}>
                  <td><Effect effect={d.effect} /></td>
                  <td>{d.unavailable ? <span className="fail tone-text">no valid answer: {d.unavailable}</span> : d.reasons.join(', ')}</td>
                  <td>{d.step}</td>
                  <td><Link to={scope.at(`runs/${d.run}?at=${d.position}`)}>{d.externalId || d.run.slice(0, 8)}</Link></td>
                  <td><Time at={d.decidedAt} /></td>
                  <td className="right"><button type="button" className="button small" onClick={() => setShown(d)}>Look</button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {decisions.hasNextPage && <div><button type="button" className="button" disabled={decisions.isFetchingNextPage} onClick={() => void decisions.fetchNextPage()}>Show more</button></div>}
      {shown && (
        <Dialog title={`Decision: ${shown.effect}`} onClose={() => setShown(undefined)} foot={<button type="button" className="button" onClick={() => setShown(undefined)}>Close</button>}>
          <Facts of={[['Because', shown.reasons.join(', ')], ['Step', shown.step], ['When', <Time key="w" at={shown.decidedAt} />], ['Bundles', <span key="b" className="mono small">{Object.values(shown.revisions).join(', ')}</span>], ['Input', <Hash key="i" value={shown.inputSha256} />]]} />
          <p className="small muted">What it was asked: metadata only, no content.</p>
          <pre className="source" tabIndex={0} style={{ maxHeight: 320 }}>{JSON.stringify(JSON.parse(shown.input), null, 2)}</pre>
        </Dialog>
      )}
    </>
  );
}
