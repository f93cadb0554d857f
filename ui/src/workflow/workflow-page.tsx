import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { money } from '../lib/money';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { Chip, Empty, Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { artifactOf, spoken, stepsOf, yaml, type Artifact } from './artifact';
import { diff } from './diff';
import { Graph } from './graph';
import { hints } from './lint';
import { OrderDialog, type Order } from './order';
import { useActive, useVersions } from './workflows-page';

/** One version: what it does as a graph, and word for word beside it. */
export default function WorkflowPage({ scope, workflow, version }: { scope: Scope; workflow: string; version: string | undefined }) {
  const place = usePlace();
  const versions = useVersions(scope);
  const active = useActive(scope);
  const own = (versions.data ?? []).filter((v) => v.workflow === workflow);
  const shown = own.find((v) => v.version === version) ?? own.at(-1);
  const against = own.find((v) => v.version === place.query.get('against'));
  const artifact = useQuery({ queryKey: ['artifact', shown?.artifactDigest], enabled: shown !== undefined, queryFn: () => artifactOf(shown?.artifactDigest ?? ''), staleTime: Infinity });
  const other = useQuery({ queryKey: ['artifact', against?.artifactDigest], enabled: against !== undefined, queryFn: () => artifactOf(against?.artifactDigest ?? ''), staleTime: Infinity });
  const [order, setOrder] = useState<Order>();
  if (versions.isPending) return <Skeleton rows={8} />;
  if (versions.isError) return <Trouble failure={versions.error} again={() => void versions.refetch()} />;
  if (!shown) return <Empty title="Not found here" action={<Link className="button" to={scope.at('workflows')}>All workflows</Link>}>No workflow {workflow} is published in this workspace.</Empty>;
  const where = active.data?.get(`${workflow}\n${shown.version}`) ?? [];
  const compiled = artifact.data?.artifact;
  return (
    <>
      <div className="page-head">
        <div>
          <div className="row"><h1>{workflow}</h1>{where.length > 0 ? where.map((e) => <span key={e} className="row" style={{ gap: 4 }}><Chip tone="pass">Runs in {e}</Chip>{scope.can('builder', 'operator') && <button type="button" className="button small" onClick={() => setOrder({ what: 'deactivate', environment: e })}>Stop in {e}…</button>}</span>) : <Chip tone="open">Runs nowhere</Chip>}</div>
          <p>{compiled?.title}</p>
        </div>
        <div className="row">
          <label className="row small">Version
            <select className="input" value={shown.version} onChange={(e) => go(scope.at(`workflows/${workflow}/v/${e.target.value}`))}>
              {own.map((v) => <option key={v.version}>{v.version}</option>)}
            </select>
          </label>
          {own.length > 1 && (
            <label className="row small">Compare with
              <select className="input" value={against?.version ?? ''} onChange={(e) => go(withQuery(place, { against: e.target.value || undefined }))}>
                <option value="">nothing</option>
                {own.filter((v) => v !== shown).map((v) => <option key={v.version}>{v.version}</option>)}
              </select>
            </label>
          )}
          {scope.can('approver') && shown.author !== scope.who.subject && <button type="button" className="button" onClick={() => setOrder({ what: 'release' })}>Release…</button>}
          {scope.can('builder', 'operator') && <button type="button" className="button" onClick={() => setOrder({ what: 'activate' })}>Activate…</button>}
          {scope.can('builder', 'operator') && <Link className="button primary" to={scope.at(`workflows/${workflow}/start`)}>Start a run</Link>}
        </div>
      </div>
      {artifact.isPending ? <Skeleton rows={8} /> : artifact.isError ? <Trouble failure={artifact.error} again={() => void artifact.refetch()} /> : (
        <div className="grid">
          <section className="card span-5"><h2>Steps</h2><div className="graph-view" style={{ padding: 0 }}><Graph nodes={stepsOf(artifact.data.artifact).map((s) => ({ id: s.id, label: s.id, sub: `${s.kind}: ${s.what}`, needs: s.needs, tone: s.kind === 'gate' ? 'gate' : 'open' }))} label={`Steps of ${workflow}`} /></div></section>
          <div className="span-7 stack" style={{ gap: 16 }}>
            <section className="card">
              <h2>What it may do</h2>
              <Facts
                of={[
                  ['Artifact', <Hash key="a" value={shown.artifactDigest} />],
                  ['Signed with', <code key="s">{artifact.data.signingKeyId}</code>],
                  ['Author', `${shown.author}, who may not approve its gates`],
                  ['Published', <Time key="p" at={shown.publishedAt} />],
                  ['Released', (shown.releases ?? []).length === 0 ? <span key="r" className="muted">for no production environment; an approver who is not its author does that</span> : <ul key="r" className="stack" style={{ gap: 4 }}>{shown.releases?.map((r) => <li key={r.environment} className="row">{`for ${r.environment} by ${r.approver}`}{scope.can('approver', 'operator', 'admin') && <button type="button" className="button small" onClick={() => setOrder({ what: 'withdraw', environment: r.environment })}>Take back…</button>}</li>)}</ul>],
                  ['Started by', artifact.data.artifact.triggers.map((t) => `${t.id} (${t.kind.toLowerCase()})`).join(', ')],
                  ['Reaches', Object.entries(artifact.data.artifact.connectors).map(([alias, c]) => `${alias}: ${c.instance}${c.model ? `, model pinned` : ''}`).join('; ')],
                  ['A run may cost', artifact.data.artifact.limits.nanos !== undefined ? money(artifact.data.artifact.limits.nanos, artifact.data.artifact.limits.currency) : 'no limit'],
                  ['And may take', spoken(artifact.data.artifact.limits.duration)],
                ]}
              />
            </section>
            {hints(artifact.data.artifact).length > 0 && (
              <section className="card" aria-label="Worth a look">
                <h2>Worth a look</h2>
                <ul className="stack" style={{ gap: 6 }}>{hints(artifact.data.artifact).map((h) => <li key={`${h.step}${h.message}`}><span className="gate tone-text" aria-hidden>◆ </span>{h.step && <b>{h.step}: </b>}{h.message}</li>)}</ul>
              </section>
            )}
            <section className="card">
              <div className="card-head"><h2>{against ? `What changed since v${against.version}` : 'The compiled workflow'}</h2><span className="muted small">its canonical form, written as YAML</span></div>
              {against ? (other.data ? <Changes from={other.data.artifact} to={artifact.data.artifact} /> : <Skeleton />) : <pre className="source" tabIndex={0} style={{ maxHeight: 560 }}>{yaml(artifact.data.artifact).trimStart()}</pre>}
            </section>
          </div>
        </div>
      )}
      {order && <OrderDialog scope={scope} workflow={workflow} version={shown.version} digest={shown.artifactDigest} order={order} onClose={() => setOrder(undefined)} />}
    </>
  );
}

function Changes({ from, to }: { from: Artifact; to: Artifact }) {
  const lines = diff(yaml(from).trimStart().split('\n'), yaml(to).trimStart().split('\n'));
  if (lines.every((l) => l.kind === ' ')) return <p className="soft">Nothing differs.</p>;
  return (
    <pre className="source" tabIndex={0} style={{ maxHeight: 560 }}>
      {lines.map((l, i) => (l.kind === ' ' ? <span key={i}>{`  ${l.text}\n`}</span> : l.kind === '-' ? <del key={i}>{`- ${l.text}\n`}</del> : <ins key={i}>{`+ ${l.text}\n`}</ins>))}
    </pre>
  );
}
