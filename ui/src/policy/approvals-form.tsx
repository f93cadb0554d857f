import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Approvals, TenantData, Tier } from './lint';

const RISKS = ['R0', 'R1', 'R2', 'R3', 'R4'] as const;
const QUORUM = [1, 2, 3, 4, 5];
const SECONDS = [[300, '5 minutes'], [900, '15 minutes'], [1_800, '30 minutes'], [3_600, 'an hour'], [14_400, '4 hours'], [86_400, 'a day']] as const;

type Change = (edit: (data: TenantData) => void) => void;

/** Who is asked: tiers by amount, whom it goes to when nobody decides, groups of approvers, signatures, and one person's limit. */
export function ApprovalsForm({ data, onData, withGroups }: { data: TenantData; onData: (data: TenantData) => void; withGroups: boolean }) {
  const change: Change = (edit) => {
    const next = structuredClone(data);
    edit(next);
    onData(tidy(next));
  };
  const approvals = data.approvals ?? {};
  const calls = Object.entries(data.tools).flatMap(([tool, { actions }]) => Object.keys(actions).map((action) => `${tool}.${action}`));
  const roles = [...new Set(['approver', ...Object.keys(data.groups ?? {}), ...(approvals.tiers ?? []).flatMap((t) => [t.role, t.escalate?.role ?? '']).filter(Boolean)])];
  const own = (edit: (approvals: Approvals) => void) => change((d) => edit((d.approvals ??= {})));
  return (
    <div className="stack" style={{ gap: 20 }}>
      <datalist id="who-is-asked">{roles.map((r) => <option key={r} value={r} />)}</datalist>
      <Part title="Tiers" words="The first that matches counts, so the strictest comes first." add="Add a tier" onAdd={calls.length === 0 ? undefined : () => own((a) => (a.tiers ??= []).push(tierOf(calls[0] ?? '')))}>
        {(approvals.tiers ?? []).map((tier, i) => (
          <TierFields key={i} tier={tier} at={i} of={approvals.tiers?.length ?? 0} calls={calls} params={paramsOf(data, tier)} onTier={(edit) => own((a) => { const t = a.tiers?.[i]; if (t) edit(t); })} onMove={(to) => own((a) => { const [t] = a.tiers?.splice(i, 1) ?? []; if (t) a.tiers?.splice(to, 0, t); })} onRemove={() => own((a) => a.tiers?.splice(i, 1))} />
        ))}
        {(approvals.tiers ?? []).length === 0 && <p className="soft">No tier: who approves is what the grant and the risk say.</p>}
      </Part>
      {withGroups && (
        <Part title="Groups of approvers" words="People who approve together. A tier names a group as it names a role; whoever decides for it is approver too." add="Add a group" onAdd={() => change((d) => { const groups = (d.groups ??= {}); groups[free('approvers', groups)] = ['p-somebody']; })}>
          {Object.entries(data.groups ?? {}).map(([name, members]) => (
            <fieldset key={name} className="grant">
              <legend><b>{name}</b></legend>
              <label className="field">Name<input className="input" defaultValue={name} onBlur={(e) => change((d) => rename(d, name, e.target.value.trim()))} /></label>
              <label className="field" style={{ gridColumn: 'span 2' }}>Members<input className="input" defaultValue={members.join(', ')} onBlur={(e) => change((d) => { if (d.groups) d.groups[name] = list(e.target.value); })} /></label>
              <Remove label={`Remove the group ${name}`} onRemove={() => change((d) => { delete d.groups?.[name]; })} />
            </fieldset>
          ))}
          {Object.keys(data.groups ?? {}).length === 0 && <p className="soft">No group: roles are asked.</p>}
        </Part>
      )}
      <Part title="Signatures and limits" words="What must be signed with a passkey, and how much one person may approve.">
        <fieldset className="grant">
          <legend className="visually-hidden">Signatures and limits</legend>
          <div className="field"><span>Signed with a passkey: risk</span>
            <span className="row">{RISKS.map((r) => <label key={r} className="row" style={{ gap: 2 }}><input type="checkbox" className="check" checked={approvals.signed_risk?.includes(r) ?? false} onChange={(e) => own((a) => { a.signed_risk = RISKS.filter((one) => (one === r ? e.target.checked : a.signed_risk?.includes(one))); })} />{r}</label>)}</span>
          </div>
          <label className="field">One person approves at most, an hour<input className="input" type="number" min={1} max={10_000} value={approvals.max_per_hour ?? ''} placeholder="no limit" onChange={(e) => own((a) => { if (e.target.value === '') delete a.max_per_hour; else a.max_per_hour = Number(e.target.value); })} /></label>
        </fieldset>
      </Part>
    </div>
  );
}

function TierFields({ tier, at, of, calls, params, onTier, onMove, onRemove }: { tier: Tier; at: number; of: number; calls: string[]; params: string[]; onTier: (edit: (tier: Tier) => void) => void; onMove: (to: number) => void; onRemove: () => void }) {
  const call = `${tier.tool}.${tier.action}`;
  const after = tier.escalate?.after_s;
  return (
    <fieldset className="grant" aria-label={`Tier ${at + 1}`}>
      <legend><b>{at + 1}. {call}</b></legend>
      <label className="field">Call<select className="input" value={call} onChange={(e) => onTier((t) => Object.assign(t, tierOf(e.target.value), { role: t.role, quorum: t.quorum }))}>{[...new Set([call, ...calls])].map((c) => <option key={c}>{c}</option>)}</select></label>
      <label className="field">When<select className="input" value={tier.param ?? ''} onChange={(e) => onTier((t) => { if (e.target.value === '') { delete t.param; delete t.at_least; } else { t.param = e.target.value; t.at_least ??= 0; } })}><option value="">always</option>{[...new Set([...(tier.param ? [tier.param] : []), ...params])].map((p) => <option key={p} value={p}>{p} is at least …</option>)}</select></label>
      {tier.param && <label className="field">{tier.param}, at least<input className="input" type="number" value={tier.at_least ?? 0} onChange={(e) => onTier((t) => (t.at_least = Number(e.target.value)))} /></label>}
      <Asked label="Asked" role={tier.role} quorum={tier.quorum} onRole={(role) => onTier((t) => (t.role = role))} onQuorum={(n) => onTier((t) => (t.quorum = n))} />
      <label className="field">If nobody decides<select className="input" value={after ?? ''} onChange={(e) => onTier((t) => { if (e.target.value === '') delete t.escalate; else t.escalate = { role: t.escalate?.role ?? t.role, quorum: t.escalate?.quorum ?? 1, after_s: Number(e.target.value) }; })}>
        <option value="">the answer is no at the end</option>
        {[...new Map([...(after ? [[after, `${after} seconds`] as const] : []), ...SECONDS])].map(([s, word]) => <option key={s} value={s}>after {word} it goes on</option>)}
      </select></label>
      {tier.escalate && <Asked label="To" role={tier.escalate.role} quorum={tier.escalate.quorum} onRole={(role) => onTier((t) => { if (t.escalate) t.escalate.role = role; })} onQuorum={(n) => onTier((t) => { if (t.escalate) t.escalate.quorum = n; })} />}
      <span className="row">
        {at > 0 && <button type="button" className="button small" onClick={() => onMove(at - 1)}>Earlier</button>}
        {at < of - 1 && <button type="button" className="button small" onClick={() => onMove(at + 1)}>Later</button>}
        <Remove label={`Remove tier ${at + 1}`} onRemove={onRemove} />
      </span>
    </fieldset>
  );
}

function Asked({ label, role, quorum, onRole, onQuorum }: { label: string; role: string; quorum: number; onRole: (role: string) => void; onQuorum: (n: number) => void }) {
  return (
    <>
      <label className="field">{label}: how many<select className="input" value={quorum} onChange={(e) => onQuorum(Number(e.target.value))}>{QUORUM.map((n) => <option key={n}>{n}</option>)}</select></label>
      <label className="field">{label}: role or group<input className="input" list="who-is-asked" value={role} onChange={(e) => onRole(e.target.value.trim())} /></label>
    </>
  );
}

function Part({ title, words, add, onAdd, children }: { title: string; words: string; add?: string; onAdd?: (() => void) | undefined; children: ReactNode }) {
  return (
    <section className="stack" aria-label={title}>
      <div className="row between"><div><h2>{title}</h2><p className="small muted">{words}</p></div>{onAdd && <button type="button" className="button small" onClick={onAdd}><Plus className="icon" aria-hidden /> {add}</button>}</div>
      {children}
    </section>
  );
}

function Remove({ label, onRemove }: { label: string; onRemove: () => void }) {
  return <button type="button" className="button small" aria-label={label} onClick={onRemove}><X className="icon" aria-hidden /> Remove</button>;
}

function tierOf(call: string): Tier {
  const dot = call.indexOf('.');
  return { tool: call.slice(0, dot), action: call.slice(dot + 1), role: 'approver', quorum: 1 };
}

/** Numbers that a grant limits; a tier may also name another one that is disclosed. */
function paramsOf(data: TenantData, tier: Tier): string[] {
  return Object.entries(data.tools[tier.tool]?.actions[tier.action]?.params ?? {}).filter(([, rule]) => rule.kind === 'max' || rule.kind === 'range' || rule.kind === 'present').map(([name]) => name);
}

const list = (text: string) => [...new Set(text.split(/[,\s]+/).filter(Boolean))];

function free(name: string, taken: Record<string, unknown>): string {
  for (let n = 1; ; n++) {
    const one = n === 1 ? name : `${name}-${n}`;
    if (!(one in taken)) return one;
  }
}

/** A group keeps its place, and tiers that name it follow. */
function rename(data: TenantData, from: string, to: string): void {
  if (from === to || !data.groups || to in data.groups) return;
  data.groups = Object.fromEntries(Object.entries(data.groups).map(([name, members]) => [name === from ? to : name, members]));
  for (const tier of data.approvals?.tiers ?? []) {
    if (tier.role === from) tier.role = to;
    if (tier.escalate?.role === from) tier.escalate.role = to;
  }
}

/** What is empty is left out, so that nothing differs where nothing was changed. */
function tidy(data: TenantData): TenantData {
  const { approvals, groups } = data;
  if (approvals) {
    if (approvals.tiers?.length === 0) delete approvals.tiers;
    if (approvals.signed_risk?.length === 0) delete approvals.signed_risk;
    if (Object.keys(approvals).length === 0) delete data.approvals;
  }
  if (groups && Object.keys(groups).length === 0) delete data.groups;
  return data;
}
