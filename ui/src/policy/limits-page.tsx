import { useQuery } from '@tanstack/react-query';
import { OctagonPause, Play } from 'lucide-react';
import { useState } from 'react';
import { raw, told, write } from '../lib/api';
import { Link } from '../lib/router';
import { span } from '../lib/time';
import { useAct } from '../run/actions';
import { Chip, Dialog, Empty, Skeleton, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { BudgetTable } from '../budget/budgets';
import { Exceptions } from './exceptions';
import type { Approvals } from './lint';
import { mayRead, useData, usePauses } from './queries';
import { ruleWords } from './policy-page';
import { PolicyTabs } from './tabs';

const SCOPES = ['tool', 'connector', 'workflow', 'model', 'tenant'] as const;
type PauseScope = (typeof SCOPES)[number];

/** What stops calls: pauses at once, limits by draft and second person, budgets by an admin. */
export default function LimitsPage({ scope }: { scope: Scope }) {
  const pauses = usePauses(scope);
  const data = useData(scope);
  const [pausing, setPausing] = useState(false);
  const flow = useQuery({ queryKey: ['policy', 'flow'], refetchInterval: 10_000, queryFn: () => raw('/v1/connector-limits').then((r) => r.json() as Promise<{ items: { instance: string; breaker: string; code?: string }[] }>) });
  const paused = Object.entries(pauses.data ?? {}).flatMap(([kind, targets]) => Object.entries(targets).map(([target, code]) => ({ kind, target, code })));
  const limited = Object.entries(data.data?.data.tools ?? {}).flatMap(([tool, { actions }]) => Object.entries(actions).map(([action, grant]) => ({ name: `${tool}.${action}`, grant }))).filter(({ grant }) => grant.quorum !== undefined || Object.keys(grant.params ?? {}).length > 0);
  return (
    <>
      <PolicyTabs scope={scope} at="limits" title="Limits and pauses" words="A pause takes one person and a second. A limit takes a draft, a simulation and a second person.">
        {scope.can('admin', 'operator') && <button type="button" className="button danger" onClick={() => setPausing(true)}><OctagonPause className="icon" aria-hidden /> Pause something…</button>}
      </PolicyTabs>
      <section className="card">
        <h2>Paused now</h2>
        {pauses.isPending ? <Skeleton rows={2} /> : pauses.isError ? <Trouble failure={pauses.error} again={() => void pauses.refetch()} /> : paused.length === 0 ? <p className="soft"><span className="pass tone-text">✓</span> Nothing is paused.</p> : (
          <ul className="stack" style={{ gap: 8 }}>{paused.map((p) => <Paused key={`${p.kind}${p.target}`} scope={scope} {...p} />)}</ul>
        )}
      </section>
      <section className="card table-wrap">
        <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>Limits of calls, and who must agree</h2>{scope.can('admin', 'builder') && <Link className="button small" to={scope.at('policy/drafts/new')}>Propose others…</Link>}</div>
        {!mayRead(scope) ? <p className="soft" style={{ padding: '0 16px 14px' }}>Admins, auditors and builders see them.</p> : data.isPending ? <div style={{ padding: 16 }}><Skeleton rows={2} /></div> : data.isError ? <Trouble failure={data.error} /> : limited.length === 0 ? <Empty title="No limit is set">What is granted is granted with any parameter.</Empty> : (
          <table className="table">
            <thead><tr><th>Call</th><th>Parameters</th><th>Approvals</th><th>After content from outside</th></tr></thead>
            <tbody>{limited.map(({ name, grant }) => <tr key={name}><td><b>{name}</b></td><td>{Object.entries(grant.params ?? {}).map(([param, rule]) => `${param} ${ruleWords(rule)}`).join('; ') || <span className="muted">any</span>}</td><td className="num">{grant.quorum ?? <span className="muted">as the risk says</span>}</td><td className="num">{grant.tainted_quorum ?? <span className="muted">the same</span>}</td></tr>)}</tbody>
          </table>
        )}
      </section>
      {data.data && <Asked scope={scope} of={data.data.data.approvals ?? {}} groups={data.data.data.groups ?? {}} />}
      <Exceptions scope={scope} />
      <BudgetTable scope={scope} />
      {flow.data?.items.some((i) => i.breaker !== 'CLOSED') && (
        <section className="card"><h2>Held back by the gateway</h2><ul className="stack">{flow.data.items.filter((i) => i.breaker !== 'CLOSED').map((i) => <li key={i.instance} className="row"><Chip tone="throttle">{i.breaker === 'OPEN' ? 'breaker open' : 'trying again'}</Chip> <Link to={scope.at('connectors')}><b>{i.instance}</b></Link> {i.code}</li>)}</ul></section>
      )}
      {pausing && <PauseDialog scope={scope} onClose={() => setPausing(false)} />}
    </>
  );
}

/** Who is asked above which amount, and whom it goes to when nobody decides. */
function Asked({ scope, of, groups }: { scope: Scope; of: Approvals; groups: Record<string, string[]> }) {
  return (
    <section className="card table-wrap" aria-label="Who is asked">
      <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>Who is asked, and who after them</h2>{scope.can('admin', 'builder') && <Link className="button small" to={scope.at('policy/drafts/new?as=asked')}>Propose other tiers, groups or escalations…</Link>}</div>
      {(of.tiers ?? []).length === 0 && <p className="soft" style={{ padding: '0 16px' }}>No tier stands: whoever the workflow's gate names is asked, and nobody after him.</p>}
      {(of.tiers ?? []).length > 0 && (
        <table className="table">
          <thead><tr><th>Call</th><th>When</th><th>Asked</th><th>If nobody decides</th></tr></thead>
          <tbody>{of.tiers?.map((t, i) => <tr key={i}><td><b>{t.tool}.{t.action}</b></td><td>{t.param ? `${t.param} is ${t.at_least} or more` : 'always'}</td><td>{t.quorum} of {t.role}</td><td>{t.escalate ? `after ${span(t.escalate.after_s * 1_000)}: ${t.escalate.quorum} of ${t.escalate.role}` : <span className="muted">the answer is no at the end</span>}</td></tr>)}</tbody>
        </table>
      )}
      {Object.keys(groups).length > 0 && <p className="small soft" style={{ padding: '8px 16px 0' }}>{Object.entries(groups).map(([name, members]) => `${name}: ${members.join(', ')}`).join('; ')}.</p>}
      <p className="small soft" style={{ padding: '8px 16px 14px' }}>{(of.signed_risk ?? []).length > 0 ? `Signed with a passkey: risk ${of.signed_risk?.join(', ')}.` : 'No risk class asks for a passkey.'} {of.max_per_hour ? `One person approves at most ${of.max_per_hour} an hour.` : ''}</p>
    </section>
  );
}

function Paused({ scope, kind, target, code }: { scope: Scope; kind: string; target: string; code: string }) {
  const { act, busy, failure } = useAct();
  return (
    <li className="row between">
      <span className="row"><Chip tone="human" icon={OctagonPause}>paused</Chip><b>{kind === 'TENANT' ? 'everything of this tenant' : target}</b> <span className="soft">{kind.toLowerCase()}, because of {code}. What would go out waits.</span></span>
      {scope.can('admin') && <button type="button" className="button small" disabled={busy} onClick={() => void act(() => told(write.DELETE('/v1/policy/pauses/{scope}/{target}', { params: { path: { scope: kind.toLowerCase() as PauseScope, target } } })), 'It goes on.')}><Play className="icon" aria-hidden /> Let it go on</button>}
      {failure !== undefined && <Trouble failure={failure} />}
    </li>
  );
}

function PauseDialog({ scope, onClose }: { scope: Scope; onClose: () => void }) {
  const [kind, setKind] = useState<PauseScope>('tool');
  const [target, setTarget] = useState('');
  const [code, setCode] = useState('incident');
  const { act, busy, failure } = useAct();
  const whom = kind === 'tenant' ? scope.tenant : target;
  const valid = /^[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,127}$/.test(whom) && /^[a-z0-9][a-z0-9_.-]{0,63}$/.test(code);
  return (
    <Dialog
      title="Pause at once"
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Leave it running</button>
        <button type="button" className="button danger" disabled={busy || !valid} onClick={() => void act(() => told(write.PUT('/v1/policy/pauses/{scope}/{target}', { params: { path: { scope: kind, target: whom } }, body: { code } })), 'Paused. Nothing of it leaves any more.').then((done) => done && onClose())}>Pause {kind === 'tenant' ? 'the whole tenant' : whom || '…'}</button>
      </>}
    >
      <p className="soft">From the next decision on nothing of it leaves; what would have waits and goes on when an admin says so. Calls on their way are finished.</p>
      <label className="field">What
        <select className="input" value={kind} onChange={(e) => setKind(e.target.value as PauseScope)}>{SCOPES.map((s) => <option key={s} value={s}>{{ tool: 'one call of a connector', connector: 'a connector', workflow: 'a workflow', model: 'a model', tenant: 'everything' }[s]}</option>)}</select>
      </label>
      {kind !== 'tenant' && <label className="field">Which<input className="input" value={target} onChange={(e) => setTarget(e.target.value.trim())} placeholder={{ tool: 'servicenow.update-incident', connector: 'servicenow', workflow: 'itsm-triage', model: 'small-1' }[kind]} /></label>}
      <label className="field">Why, as a code that stays in the record<input className="input mono" value={code} onChange={(e) => setCode(e.target.value)} /></label>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
