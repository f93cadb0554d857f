import { useQuery } from '@tanstack/react-query';
import { read, told, type Schemas } from '../lib/api';
import { WhoSaw } from '../compliance/who-saw';
import { Link, usePlace } from '../lib/router';
import { span, useNow } from '../lib/time';
import { Chip, Empty, Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import type { ReactNode } from 'react';

type Worker = Schemas['Worker'];

/** Who may hold keys, and who could have seen a run? */
export default function WorkersPage({ scope }: { scope: Scope }) {
  const now = useNow(5_000);
  const about = usePlace().query.get('run') !== null;
  const asked = useQuery({ queryKey: ['workers', scope.tenant, scope.workspace], refetchInterval: 10_000, queryFn: () => told(read.GET('/v1/workers', { params: { query: { workspace: scope.workspace } } })) });
  return (
    <>
      <div className="page-head"><div><h1>Workers</h1><p>Only a worker that was attested gets keys, for a while, and only those of its workflow version.</p></div></div>
      {about && <WhoSaw scope={scope} />}
      {asked.isPending ? <Skeleton /> : asked.isError ? <Trouble failure={asked.error} again={() => void asked.refetch()} /> : asked.data.items.length === 0 ? (
        <div className="card"><Empty title="No worker has come yet">Without one no step can run. A worker starts for each active workflow version.</Empty></div>
      ) : (
        asked.data.items.map((w) => <WorkerCard key={w.worker} scope={scope} w={w} now={now} />)
      )}
      {!about && <WhoSaw scope={scope} />}
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
