import { useQuery } from '@tanstack/react-query';
import { read, told, type Schemas } from '../lib/api';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { span, useNow } from '../lib/time';
import { Chip, Empty, Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { useState, type ReactNode } from 'react';

type Worker = Schemas['Worker'];

/** Who may hold keys, and who could have seen a run? */
export default function WorkersPage({ scope }: { scope: Scope }) {
  const now = useNow(5_000);
  const asked = useQuery({ queryKey: ['workers', scope.tenant, scope.workspace], refetchInterval: 10_000, queryFn: () => told(read.GET('/v1/workers', { params: { query: { workspace: scope.workspace } } })) });
  return (
    <>
      <div className="page-head"><div><h1>Workers</h1><p>Only a worker that was attested gets keys, for a while, and only those of its workflow version.</p></div></div>
      {asked.isPending ? <Skeleton /> : asked.isError ? <Trouble failure={asked.error} again={() => void asked.refetch()} /> : asked.data.items.length === 0 ? (
        <div className="card"><Empty title="No worker has come yet">Without one no step can run. A worker starts for each active workflow version.</Empty></div>
      ) : (
        asked.data.items.map((w) => <WorkerCard key={w.worker} scope={scope} w={w} now={now} />)
      )}
      <WhoSaw scope={scope} />
    </>
  );
}

const LIFE = ['PROVISIONED', 'ATTESTED', 'KEYS_RELEASED', 'RUNNING', 'TERMINATED'];
const WORDS = ['Provisioned', 'Attested', 'Keys released', 'Running', 'Terminated'];

function Standing({ w, holds }: { w: Worker; holds: boolean }) {
  if (w.endedAt) return <Chip tone={w.endedBecause?.startsWith('REVOKED') ? 'fail' : 'open'}>{w.endedBecause?.startsWith('REVOKED') ? 'Revoked' : 'Ended'}</Chip>;
  if (w.refused) return <Chip tone="fail">Refused: {String((w.refused as { code?: string }).code)}</Chip>;
  return holds ? <Chip tone="run">Holds keys</Chip> : <Chip tone="open">{w.keysUntil ? 'Keys have ended' : 'No keys'}</Chip>;
}

function WorkerCard({ scope, w, now }: { scope: Scope; w: Worker; now: number }) {
  const holds = w.keysUntil !== undefined && w.keysUntil > now && !w.endedAt;
  const reached = Math.max(0, LIFE.indexOf(w.state === 'ROTATING_KEYS' ? 'RUNNING' : w.state));
  const simulated = w.verdict !== undefined && w.verdict !== 'VERIFIED';
  return (
    <section className="card" aria-label={w.worker} style={simulated ? { borderStyle: 'dashed', borderColor: 'var(--border-strong)' } : undefined}>
      <div className="row between" style={{ marginBottom: 10 }}>
        <div className="row">
          <h2 className="mono">{w.worker}</h2>
          <Standing w={w} holds={holds} />
          {simulated && <Chip tone="open">Simulated: no hardware</Chip>}
        </div>
        <ol className="row small" aria-label="Its life">
          {WORDS.slice(0, w.endedAt ? 5 : 4).map((name, i) => <li key={name} className={i <= reached ? '' : 'muted'}>{i > 0 && <span className="muted">→ </span>}{i < reached ? '✓ ' : i === reached ? '● ' : '○ '}{name}</li>)}
        </ol>
      </div>
      <div className="grid">
        <div className="span-6">
          <Facts
            of={[
              ['Runs', <Link key="w" to={scope.at(`workflows/${w.workflow}/v/${w.version}`)}>{w.workflow} v{w.version}</Link>],
              ['Environment', w.environment ?? ''],
              ['Keys', w.keysUntil ? <span key="k">{w.keys?.length ?? 0} kinds, {holds ? `${span(w.keysUntil - now)} left` : 'ended'} <span className="muted">until</span> <Time at={w.keysUntil} /></span> : 'none'],
              ['Lease epoch', String(w.epoch ?? '–')],
              ...(w.expiredAt ? [['Expired', <Time key="x" at={w.expiredAt} />] as [string, ReactNode]] : []),
              ...(w.endedAt ? [['Ended', <span key="t"><Time at={w.endedAt} />: <code>{w.endedBecause}</code></span>] as [string, ReactNode]] : []),
            ]}
          />
        </div>
        <div className="span-6">
          <Facts
            of={[
              ['Verdict', <b key="v">{w.verdict ? `${w.tee ?? ''} ${w.verdict}` : 'not attested'}</b>],
              ['TCB status', w.tcbStatus ? <span key="s">{w.tcbStatus}{w.advisories && w.advisories.length > 0 ? `: ${w.advisories.join(', ')}` : ''}</span> : '–'],
              ['Image', w.measurement ? <Hash key="m" value={w.measurement} /> : <span key="m" className="muted">none: nothing was measured</span>],
              ['Attested', w.attestedAt ? <Time key="a" at={w.attestedAt} /> : '–'],
            ]}
          />
        </div>
      </div>
    </section>
  );
}

/** Workers that ran its steps, people who decided, evidence that was taken away. */
function WhoSaw({ scope }: { scope: Scope }) {
  const place = usePlace();
  const wanted = place.query.get('run') ?? '';
  const [text, setText] = useState(wanted);
  const asked = useQuery({
    queryKey: ['who-saw', scope.workspace, wanted],
    enabled: wanted !== '',
    retry: false,
    queryFn: async () => {
      const found = /^[0-9a-f-]{36}$/.test(wanted) ? wanted : (await told(read.GET('/v1/runs', { params: { query: { externalId: wanted, workspace: scope.workspace, limit: 1 } } }))).items[0]?.run;
      if (!found) return undefined;
      const entries = await told(read.GET('/v1/runs/{run}/events', { params: { path: { run: found }, query: { limit: 200 } } }));
      const accesses = async (ws: string) => (await told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws }, query: { limit: 200, newestFirst: true, types: 'EVIDENCE_READ,EVIDENCE_EXPORTED' } } }))).items;
      const seen = [...(await accesses(scope.workspace)), ...(await accesses('_tenant'))];
      const names = new Set([found, ...entries.items.map((e) => `${scope.workspace}/${e.position}`)]);
      const workers = new Set<string>();
      const deciders = new Set<string>();
      for (const e of entries.items) {
        const actor = (e.header as { actor?: { id: string; kind: string } }).actor;
        if (actor?.kind === 'WORKER') workers.add(actor.id);
        if (e.entryType === 'HUMAN_GATE_DECISIONED') deciders.add(`${String((e.event as { approver?: string }).approver)} (${String((e.event as { channel?: string }).channel).toLowerCase()})`);
      }
      const taken = seen.filter((e) => names.has(String((e.event as { resource?: string }).resource).split('/gate')[0] ?? '') || String((e.event as { resource?: string }).resource).startsWith(found));
      return { run: found, workers: [...workers], deciders: [...deciders], taken };
    },
  });
  return (
    <section className="card" aria-label="Who could have seen a run">
      <div className="card-head"><h2>Who could have seen a run?</h2></div>
      <form className="row" onSubmit={(e) => { e.preventDefault(); go(withQuery(place, { run: text.trim() || undefined })); }}>
        <input className="input" aria-label="Ticket or run" placeholder="Ticket or run" value={text} onChange={(e) => setText(e.target.value)} style={{ width: 320 }} />
        <button type="submit" className="button">Ask the record</button>
      </form>
      {wanted !== '' && (asked.isPending ? <Skeleton rows={3} /> : asked.isError ? <Trouble failure={asked.error} /> : !asked.data ? <p className="soft" style={{ marginTop: 12 }}>No run of {wanted} is here.</p> : (
        <div style={{ marginTop: 12 }}>
          <Facts
            of={[
              ['Run', <Link key="r" to={scope.at(`runs/${asked.data.run}`)}>{asked.data.run}</Link>],
              ['Its content', asked.data.workers.length > 0 ? <span key="w">{asked.data.workers.length} {asked.data.workers.length === 1 ? 'worker' : 'workers'} with keys: <code>{asked.data.workers.join(', ')}</code></span> : 'no worker'],
              ['Its cards', asked.data.deciders.length > 0 ? asked.data.deciders.join(', ') : 'nobody decided'],
              ['Its evidence', asked.data.taken.length > 0 ? <span key="t">{asked.data.taken.length === 1 ? 'once' : `${asked.data.taken.length} times`}, by {[...new Set(asked.data.taken.map((e) => String((e.event as { principal?: string }).principal)))].join(', ')}</span> : 'nobody read or took it'],
              ['This server', 'could not read it: content is sealed'],
            ]}
          />
        </div>
      ))}
    </section>
  );
}
