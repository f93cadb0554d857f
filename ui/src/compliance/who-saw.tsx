import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { everything, read, told } from '../lib/api';
import { count } from '../lib/money';
import { go, Link, usePlace, withQuery } from '../lib/router';
import type { Entry } from '../run/timeline';
import { Facts, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { about, accessed, doneBy } from './access-words';

const MOST = 2_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Who could have seen a run: workers that opened its content, people to whom it was revealed, evidence that was read or taken. */
export function WhoSaw({ scope }: { scope: Scope }) {
  const place = usePlace();
  const wanted = place.query.get('run') ?? '';
  const [text, setText] = useState(wanted);
  const asked = useQuery({ queryKey: ['who-saw', scope.workspace, wanted], enabled: wanted !== '', retry: false, queryFn: () => seen(scope.workspace, wanted) });
  return (
    <section className="card" aria-label="Who could have seen a run">
      <div className="card-head"><h2>Who could have seen {asked.data ? asked.data.ticket : 'a run'}?</h2><Link to={scope.at('compliance')}>The whole access log</Link></div>
      <form className="row" onSubmit={(e) => { e.preventDefault(); go(withQuery(place, { run: text.trim() || undefined })); }}>
        <input className="input" aria-label="Ticket or run" placeholder="Ticket or run" value={text} onChange={(e) => setText(e.target.value)} style={{ width: 320 }} />
        <button type="submit" className="button">Ask the record</button>
      </form>
      {wanted !== '' && (asked.isPending ? <Skeleton rows={3} /> : asked.isError ? <Trouble failure={asked.error} /> : !asked.data ? <p className="soft" style={{ marginTop: 12 }}>No run of {wanted} is here.</p> : <Answer scope={scope} seen={asked.data} />)}
    </section>
  );
}

type Seen = { run: string; ticket: string; workers: string[]; deciders: string[]; accesses: Entry[]; all: boolean };

/** Everything in the record that names a run or one of its entries; at most 2,000 accesses of each log, the newest ones. */
async function seen(workspace: string, wanted: string): Promise<Seen | null> {
  const run = UUID.test(wanted) ? wanted : (await told(read.GET('/v1/runs', { params: { query: { externalId: wanted, workspace, limit: 1 } } }))).items[0]?.run;
  if (!run) return null;
  const logged = (ws: string) =>
    everything((cursor) => told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws }, query: { limit: 200, newestFirst: true, types: 'EVIDENCE_READ,EVIDENCE_EXPORTED,REVEAL_GRANTED', ...(cursor ? { cursor } : {}) } } })), MOST);
  const [detail, entries, own, tenants] = await Promise.all([
    told(read.GET('/v1/runs/{run}', { params: { path: { run } } })),
    everything((cursor) => told(read.GET('/v1/runs/{run}/events', { params: { path: { run }, query: { limit: 200, ...(cursor ? { cursor } : {}) } } })), 100_000),
    logged(workspace),
    logged('_tenant'),
  ]);
  const workers = new Set<string>();
  const deciders = new Set<string>();
  for (const e of entries) {
    const actor = (e.header as { actor?: { id: string; kind: string } }).actor;
    if (actor?.kind === 'WORKER') workers.add(actor.id);
    const said = e.event as { approver?: string; verdict?: string };
    if (e.entryType === 'HUMAN_GATE_DECISIONED' && said.approver && said.verdict !== 'EXPIRE') deciders.add(said.approver);
  }
  const what = { run, workspace, from: detail.startedAt, to: detail.endedAt ?? Infinity, positions: new Set(entries.map((e) => e.position)) };
  const accesses = [...own, ...tenants].filter((e) => accessed(e, what)).sort((a, b) => b.recordedAt - a.recordedAt);
  return { run, ticket: detail.externalId || run.slice(0, 8), workers: [...workers], deciders: [...deciders], accesses, all: own.length < MOST && tenants.length < MOST };
}

function Answer({ scope, seen: { run, ticket, workers, deciders, accesses, all } }: { scope: Scope; seen: Seen }) {
  const of = (type: string) => accesses.filter((e) => e.entryType === type);
  const people = (list: Entry[], none: string) => (list.length === 0 ? none : `${[...new Set(list.map(doneBy))].join(', ')} (${list.length === 1 ? 'once' : `${list.length} times`})`);
  return (
    <div className="stack" style={{ marginTop: 12 }}>
      <Facts
        of={[
          ['Run', <Link key="r" to={scope.at(`runs/${run}`)}>{ticket}</Link>],
          ['Its content', workers.length > 0 ? <span key="w">{workers.length} {workers.length === 1 ? 'worker' : 'workers'} with keys: <code>{workers.join(', ')}</code></span> : 'no worker opened it'],
          ['Revealed to', people(of('REVEAL_GRANTED'), 'nobody')],
          ['Asked about it', deciders.length > 0 ? deciders.join(', ') : 'nobody decided'],
          ['Evidence taken by', people(of('EVIDENCE_EXPORTED'), 'nobody')],
          ['Entries read by', people(of('EVIDENCE_READ'), 'nobody')],
          ['This server', 'could not read it: content is sealed'],
        ]}
      />
      {accesses.length > 0 && (
        <div className="table-wrap" tabIndex={0} style={{ maxHeight: 420, overflowY: 'auto' }} aria-label="Each access" role="region">
          <table className="table">
            <thead><tr><th>When</th><th>Who</th><th>What</th><th className="right">Position</th></tr></thead>
            <tbody>
              {accesses.map((e) => (
                <tr key={`${e.entryType}${e.recordedAt}${e.position}`}>
                  <td><Time at={e.recordedAt} /></td>
                  <td><b>{doneBy(e)}</b></td>
                  <td>{about(e, scope.workspace, run)}</td>
                  <td className="right num">#{count(e.position)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="small muted">Lists of the whole workspace, such as decisions and calls, name no run; who looked at those is in the whole access log.{all ? '' : ` Only the newest ${count(MOST)} accesses were looked at.`}</p>
    </div>
  );
}
