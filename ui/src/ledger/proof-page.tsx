import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read, told } from '../lib/api';
import { count } from '../lib/money';
import { go, Link } from '../lib/router';
import { age } from '../lib/time';
import { titleOf } from '../run/entry-words';
import { Empty, Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { DropBundle } from '../evidence/drop';
import { forgetTrust, keepTrust, useTrust } from './trust';
import { parsePolicy } from './note';

/** The record and how to check it. */
export default function ProofPage({ scope }: { scope: Scope }) {
  const head = useQuery({ queryKey: ['head', scope.workspace], queryFn: () => told(read.GET('/v1/ledgers/{ws}/head', { params: { path: { ws: scope.workspace } } })), refetchInterval: 10_000 });
  const size = head.data?.entries ?? 0;
  const latest = useQuery({
    queryKey: ['head', scope.workspace, 'latest', size],
    enabled: size > 0,
    queryFn: async () => {
      const page = await told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: scope.workspace }, query: { limit: 15, newestFirst: true } } }));
      return page.items;
    },
  });
  const [position, setPosition] = useState('');
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Proof</h1>
          <p>Every entry can be checked here, in your browser: this server can not make a check pass.</p>
        </div>
        <form
          className="row"
          onSubmit={(e) => {
            e.preventDefault();
            if (/^\d+$/.test(position)) go(scope.at(`proof/leaf/${position}`));
          }}
        >
          <input className="input" inputMode="numeric" aria-label="Position" placeholder="Position, for example 42" value={position} onChange={(e) => setPosition(e.target.value.replace(/\D/g, ''))} />
          <button type="submit" className="button primary">Verify</button>
        </form>
      </div>
      <div className="grid">
        <section className="card span-7">
          <div className="card-head"><h2>The log</h2><Link to={scope.at('proof/compare')}>Compare two checkpoints</Link></div>
          {head.isPending ? <Skeleton rows={5} /> : head.isError ? <Trouble failure={head.error} again={() => void head.refetch()} /> : (
            <Facts
              of={[
                ['Name', <code key="o">{head.data.origin}</code>],
                ['Entries', <b key="e" className="num">{count(head.data.entries)}</b>],
                ['Last entry', <Time key="t" at={head.data.recordedAt} />],
                ['Root', <Hash key="r" value={head.data.root} />],
                ['Signed', head.data.signed ? `to ${count(head.data.signed.size)}, ${age(head.data.signed.ageMillis)} ago` : 'not yet'],
                ['Cosigned', head.data.cosigned ? `to ${count(head.data.cosigned.size)}, ${age(head.data.cosigned.ageMillis)} ago` : 'not yet'],
              ]}
            />
          )}
        </section>
        <Anchors scope={scope} />
        <section className="card span-12">
          <DropBundle onFile={(file) => { pending.file = file; go(scope.at('proof/bundle')); }} />
        </section>
        <section className="card span-12">
          <h2>Newest entries</h2>
          {latest.isPending && size > 0 ? <Skeleton /> : (latest.data ?? []).length === 0 ? <Empty title="Nothing is recorded yet" /> : (
            <div className="table-wrap">
              <table className="table">
                <thead><tr><th>Position</th><th>Entry</th><th>Run</th><th>When</th><th>Leaf</th></tr></thead>
                <tbody>
                  {latest.data?.map((e) => {
                    const run = (e.header as { run?: string }).run;
                    return (
                      <tr key={e.position}>
                        <td className="num"><Link to={scope.at(`proof/leaf/${e.position}`)}>#{count(e.position)}</Link></td>
                        <td>{titleOf(e)}</td>
                        <td>{run ? <Link className="mono" to={scope.at(`runs/${run}?at=${e.position}`)}>{run.slice(0, 13)}</Link> : <span className="muted">–</span>}</td>
                        <td><Time at={e.recordedAt} /></td>
                        <td><Hash value={e.leafHash} /></td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </div>
          )}
        </section>
      </div>
    </>
  );
}

/** A file on its way from one page to the next; it is never stored. */
export const pending: { file?: File | undefined } = {};

function Anchors({ scope }: { scope: Scope }) {
  const { trust } = useTrust(scope.tenant);
  const [text, setText] = useState<string>();
  const [failure, setFailure] = useState<string>();
  return (
    <section className="card span-5">
      <div className="card-head"><h2>Whom this browser believes</h2></div>
      {!trust ? <Skeleton rows={3} /> : (
        <div className="stack">
          <p className={trust.changed ? 'fail tone-text' : 'soft'}>
            {trust.changed
              ? 'The installation now names other keys than at your first visit. Ask its operator why before you go on.'
              : trust.source === 'reader'
                ? 'Keys that you gave. Only they count.'
                : 'Keys that this installation named at your first visit. They are kept here and compared each time; for independence, paste those that its operator gave you another way.'}
          </p>
          <p className="small muted">Since <Time at={trust.since} /></p>
          {text === undefined ? (
            <div className="row">
              <button type="button" className="button" onClick={() => setText(trust.policy)}>Use other keys…</button>
              <button type="button" className="button quiet" onClick={() => { forgetTrust(scope.tenant); window.location.reload(); }}>Forget them</button>
            </div>
          ) : (
            <>
              <label className="field">A C2SP tlog-policy: log, witnesses, quorum
                <textarea className="input mono" rows={6} value={text} onChange={(e) => setText(e.target.value)} />
              </label>
              {failure && <p className="fail tone-text small">{failure}</p>}
              <div className="row">
                <button
                  type="button"
                  className="button primary"
                  onClick={() =>
                    void parsePolicy(text).then(
                      () => { keepTrust(scope.tenant, { ...trust, policy: text, source: 'reader', since: Date.now(), changed: false }); window.location.reload(); },
                      (problem: unknown) => setFailure(problem instanceof Error ? problem.message : String(problem)),
                    )
                  }
                >
                  Believe these
                </button>
                <button type="button" className="button" onClick={() => setText(undefined)}>Leave it</button>
              </div>
            </>
          )}
        </div>
      )}
    </section>
  );
}
