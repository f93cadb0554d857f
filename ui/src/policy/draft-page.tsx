import { useState } from 'react';
import { intent, told, write } from '../lib/api';
import { go, Link } from '../lib/router';
import { useAct } from '../run/actions';
import { Chip, Empty, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { Difference } from './difference';
import { Editor } from './editor';
import { lint, written, type TenantData } from './lint';
import { SimulationReport } from './matrix';
import { useData, useDraft, useReport, useSimulations } from './queries';
import type { Report } from './report';
import { PolicyTabs } from './tabs';

type Ran = { simulation: string; reportSha256: string; report: Report };

function simulate(data: TenantData) {
  return told(write.POST('/v1/policy/simulations', { params: { header: { 'Idempotency-Key': intent() } }, body: { tenantData: data as never } })) as unknown as Promise<Ran>;
}

/** Writes a change, sees its faults at once and what it would have done, and proposes it. */
export function NewDraftPage({ scope }: { scope: Scope }) {
  const current = useData(scope);
  const [text, setText] = useState<string>();
  const [ran, setRan] = useState<Ran & { of: string }>();
  const { act, busy, failure } = useAct();
  if (!scope.can('admin', 'builder')) return <><h1 className="visually-hidden">Propose a change</h1><Empty title="Not for your role">Admins and builders propose changes of policy.</Empty></>;
  if (current.isPending) return <Skeleton rows={8} />;
  if (current.isError) return <Trouble failure={current.error} again={() => void current.refetch()} />;
  const before = written(current.data.data);
  const now = text ?? before;
  const linted = lint(now);
  const same = linted.data !== undefined && written(linted.data) === before;
  const fresh = ran?.of === now ? ran : undefined;
  return (
    <>
      <PolicyTabs scope={scope} at="new" title="Propose a change" words="Nothing changes until it was simulated and another administrator accepted it." />
      <Editor text={now} before={before} linted={linted} onText={setText} />
      <div className="row">
        <button type="button" className="button" disabled={busy || !linted.data || same} onClick={() => void act(async () => simulate(linted.data as TenantData), 'Simulated.').then((r) => r && setRan({ ...r, of: now }))}>{busy ? 'Replaying every decision' : '1. Simulate it'}</button>
        <button type="button" className="button primary" disabled={busy || !linted.data || same || !fresh} onClick={() => void act((key) => told(write.POST('/v1/policy/drafts', { params: { header: { 'Idempotency-Key': key } }, body: { data: linted.data as never } })), 'Proposed. Another administrator decides.').then((d) => d && go(scope.at(`policy/drafts/${(d as unknown as { draft: string }).draft}`)))}>2. Propose it</button>
        <span className="small muted">{linted.faults.length > 0 ? 'Correct what is marked first.' : same ? 'Nothing differs from what is in force.' : fresh ? '' : ran ? 'It was changed since it was simulated.' : 'Simulating replays every recorded decision with it.'}</span>
      </div>
      {failure !== undefined && <Trouble failure={failure} />}
      {fresh && <SimulationReport scope={scope} report={fresh.report} digest={fresh.reportSha256} />}
    </>
  );
}

/** One draft: what it changes, what it would have done, and the decision about it. */
export function DraftPage({ scope, draft }: { scope: Scope; draft: string }) {
  const asked = useDraft(draft);
  const current = useData(scope);
  const simulated = useSimulations(scope);
  const known = simulated.data?.find((s) => s.candidateSha256 === asked.data?.contentSha256);
  const [ran, setRan] = useState<Ran>();
  const report = useReport(ran ? undefined : known?.simulation);
  const { act, busy, failure } = useAct();
  const [sure, setSure] = useState(false);
  if (asked.isPending) return <Skeleton rows={8} />;
  if (asked.isError) return <Trouble failure={asked.error} again={() => void asked.refetch()} />;
  const d = asked.data;
  const own = d.author === scope.who.subject;
  const shown = ran?.report ?? report.data;
  const may = d.state === 'OPEN' && scope.can('admin') && !own;
  const decide = (approve: boolean) =>
    void act((key) => told(write.POST('/v1/policy/drafts/{id}/decision', { params: { path: { id: draft }, header: { 'Idempotency-Key': key } }, body: { approve } })), approve ? 'Accepted. It is in effect when policy has taken it up, within a second or two.' : 'Rejected. Nothing changes.').then(() => asked.refetch());
  return (
    <>
      <PolicyTabs scope={scope} at="draft" title={`Draft of ${d.author}`} words="What it would change, and what it would have done to everything that was decided so far.">
        <Chip tone={d.state === 'OPEN' ? 'gate' : d.state === 'PUBLISHED' ? 'pass' : 'fail'}>{{ OPEN: 'Proposed', PUBLISHED: 'Accepted', REJECTED: 'Rejected' }[d.state]}</Chip>
        <Hash value={d.contentSha256} />
      </PolicyTabs>
      {d.state === 'OPEN' && (
        <section className="card">
          <div className="card-head"><h2>Decide</h2><span className="soft">{own ? 'You wrote it. Another administrator decides.' : !scope.can('admin') ? 'An administrator decides.' : !shown ? 'Simulate it first.' : ''}</span></div>
          <div className="row">
            {scope.can('admin', 'builder') && <button type="button" className={shown ? 'button' : 'button primary'} disabled={busy} onClick={() => void act(async () => simulate(d.data), 'Simulated.').then((r) => r && setRan(r))}>{busy ? 'Replaying every decision' : shown ? 'Simulate again' : 'Simulate it'}</button>}
            {may && <button type="button" className="button primary" disabled={busy || !shown} onClick={() => decide(true)}>Accept: it takes effect</button>}
            {may && (sure ? <button type="button" className="button danger" disabled={busy} onClick={() => decide(false)}>Reject it for good</button> : <button type="button" className="button" disabled={busy} onClick={() => setSure(true)}>Reject…</button>)}
            {known && !ran && <span className="small muted">simulated by {known.by}, <Time at={known.at} /></span>}
          </div>
          {failure !== undefined && <div style={{ marginTop: 12 }}><Trouble failure={failure} /></div>}
        </section>
      )}
      <section className="card">
        <h2>{d.state === 'OPEN' ? 'What it changes of what is in force' : 'How it differs from what is in force now'}</h2>
        {current.data ? <Difference from={written(current.data.data)} to={written(d.data)} /> : <Skeleton />}
      </section>
      {shown ? <SimulationReport scope={scope} report={shown} {...(ran ? { digest: ran.reportSha256 } : {})} /> : report.isFetching ? <Skeleton /> : null}
    </>
  );
}

export function SimulationPage({ scope, simulation }: { scope: Scope; simulation: string }) {
  const report = useReport(simulation);
  const noted = useSimulations(scope).data?.find((s) => s.simulation === simulation) as { reportSha256?: string } | undefined;
  return (
    <>
      <PolicyTabs scope={scope} at="simulation" title="Simulation" words="What another policy would have said of everything that was decided." />
      {report.isPending ? <Skeleton rows={8} /> : report.isError ? <Trouble failure={report.error} again={() => void report.refetch()} /> : <SimulationReport scope={scope} report={report.data} {...(noted?.reportSha256 ? { digest: noted.reportSha256 } : {})} />}
    </>
  );
}

export function SimulationsPage({ scope }: { scope: Scope }) {
  const asked = useSimulations(scope);
  return (
    <>
      <PolicyTabs scope={scope} at="simulations" title="Simulations" words="Each report is kept as evidence; its digest is in the tenant's log." />
      {asked.isPending ? <Skeleton /> : asked.isError ? <Trouble failure={asked.error} /> : asked.data.length === 0 ? <div className="card"><Empty title="Nothing was simulated yet" action={scope.can('admin', 'builder') && <Link className="button primary" to={scope.at('policy/drafts/new')}>Propose a change</Link>}>Simulating a draft replays every recorded decision with it.</Empty></div> : (
        <div className="card table-wrap"><table className="table">
          <thead><tr><th>When</th><th>By</th><th>Candidate</th><th>Changes</th><th>Recorded ones said again</th><th className="right"><span className="visually-hidden">Open</span></th></tr></thead>
          <tbody>{asked.data.map((s) => (
            <tr key={s.simulation}><td><Time at={s.at} /></td><td>{s.by}</td><td><Hash value={s.candidateSha256} /></td><td className="num">{s.changed} of {s.decisions}</td><td>{s.reproduced ? <Chip tone="pass">all</Chip> : <Chip tone="fail">not all</Chip>}</td><td className="right"><Link className="button small" to={scope.at(`policy/simulations/${s.simulation}`)}>Open</Link></td></tr>
          ))}</tbody>
        </table></div>
      )}
    </>
  );
}

/** Which page of a draft or simulation. */
export default function DraftsPage({ scope, kind, id }: { scope: Scope; kind: 'drafts' | 'simulations'; id: string | undefined }) {
  if (kind === 'simulations') return id ? <SimulationPage scope={scope} simulation={id} /> : <SimulationsPage scope={scope} />;
  return id && id !== 'new' ? <DraftPage scope={scope} draft={id} /> : <NewDraftPage scope={scope} />;
}
