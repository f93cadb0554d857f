import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { everything, raw, read, told, write } from '../lib/api';
import { age, useNow } from '../lib/time';
import { useAct } from '../run/actions';
import { Chip, Dialog, Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

export const ROLES = ['builder', 'operator', 'approver', 'auditor', 'admin', 'privacy'];
const DOES: Record<string, string> = { builder: 'writes workflows, proposes policy', operator: 'keeps runs going', approver: 'decides about calls', auditor: 'reads the record and takes evidence', admin: 'gives roles, budgets, connectors', privacy: 'erases, holds, says how long content is kept' };
type Person = { roles: string[]; by: string; at: number };
type Proposal = { proposal: string; subject: string; roles: string[]; proposedBy: string; state: 'OPEN' | 'ACCEPTED' | 'REJECTED'; decidedBy?: string };

export function useProposals(scope: Scope) {
  return useQuery({ queryKey: ['proposals', scope.tenant], enabled: scope.can('admin', 'auditor'), queryFn: () => raw('/access/v1/role-proposals').then((r) => r.json() as Promise<{ items: Proposal[] }>).then((p) => p.items) });
}

/** Who may do what, who said so, and what is proposed. */
export function People({ scope }: { scope: Scope }) {
  const now = useNow(30_000);
  const [editing, setEditing] = useState<{ subject: string; roles: string[] } | 'new'>();
  const proposals = useProposals(scope);
  const roles = useQuery({ queryKey: ['roles', scope.tenant], queryFn: () => everything((cursor) => told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: '_tenant' }, query: { limit: 200, types: 'ROLES_SET', ...(cursor ? { cursor } : {}) } } }))) });
  const people = new Map<string, Person>();
  for (const e of roles.data ?? []) {
    const event = e.event as { subject?: string; roles?: string[] };
    if (event.subject) people.set(event.subject, { roles: event.roles ?? [], by: (e.header as { actor?: { id?: string } }).actor?.id ?? '', at: e.recordedAt });
  }
  const open = (proposals.data ?? []).filter((p) => p.state === 'OPEN');
  // Who both writes and approves is no error by itself: the rules refuse him his own; but an auditor would ask.
  const both = [...people].filter(([, p]) => p.roles.includes('builder') && p.roles.includes('approver')).map(([s]) => s);
  return (
    <>
      {open.length > 0 && (
        <section className="card">
          <h2>Proposed roles</h2>
          <ul className="stack" style={{ gap: 10 }}>{open.map((p) => <Proposed key={p.proposal} scope={scope} proposal={p} now={people.get(p.subject)?.roles ?? []} />)}</ul>
        </section>
      )}
      <section className="card table-wrap">
        <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>People</h2>{scope.can('admin') && <button type="button" className="button small" onClick={() => setEditing('new')}>Propose roles…</button>}</div>
        {roles.isPending ? <div style={{ padding: 16 }}><Skeleton /></div> : roles.isError ? <Trouble failure={roles.error} again={() => void roles.refetch()} /> : people.size === 0 ? <Empty title="Nobody has a role yet">An admin proposes, another one accepts.</Empty> : (
          <table className="table">
            <thead><tr><th>Person</th>{ROLES.map((r) => <th key={r} title={DOES[r]}>{r.charAt(0).toUpperCase() + r.slice(1)}</th>)}<th>Given by</th><th>When</th>{scope.can('admin') && <th className="right"><span className="visually-hidden">Change</span></th>}</tr></thead>
            <tbody>
              {[...people].map(([subject, p]) => (
                <tr key={subject}>
                  <td><b>{subject}</b>{subject === scope.who.subject && <span className="muted"> (you)</span>}</td>
                  {ROLES.map((r) => <td key={r}>{p.roles.includes(r) ? <span className="pass tone-text">● <span className="visually-hidden">yes</span></span> : <span className="muted">–<span className="visually-hidden">no</span></span>}</td>)}
                  <td>{p.by}</td>
                  <td><Time at={p.at} /> <span className="muted small">{age(now - p.at)} ago</span></td>
                  {scope.can('admin') && <td className="right">{subject !== scope.who.subject && <button type="button" className="button small" onClick={() => setEditing({ subject, roles: p.roles })}>Change…</button>}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {both.length > 0 && <p className="small" style={{ padding: '8px 16px 14px' }}><Chip tone="gate">Look at this</Chip> {both.join(', ')} can both write workflows and approve. The rules refuse approving one's own, but an auditor will ask.</p>}
      </section>
      {(proposals.data ?? []).some((p) => p.state !== 'OPEN') && (
        <section className="card"><h2>Decided proposals</h2><ul className="stack" style={{ gap: 6 }}>{proposals.data?.filter((p) => p.state !== 'OPEN').slice(0, 10).map((p) => <li key={p.proposal} className="row"><Chip tone={p.state === 'ACCEPTED' ? 'pass' : 'fail'}>{p.state.toLowerCase()}</Chip><b>{p.subject}</b> {p.roles.join(', ') || 'no role'} <span className="muted">proposed by {p.proposedBy}, decided by {p.decidedBy}</span></li>)}</ul></section>
      )}
      {editing && <Propose of={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </>
  );
}

function Proposed({ scope, proposal: p, now }: { scope: Scope; proposal: Proposal; now: string[] }) {
  const { act, busy, failure } = useAct();
  const no = !scope.can('admin') ? 'An administrator decides.' : p.proposedBy === scope.who.subject ? 'You proposed it; another administrator decides.' : p.subject === scope.who.subject ? 'It is about you; somebody else decides.' : undefined;
  const decide = (approve: boolean) => void act((key) => told(write.POST('/v1/role-proposals/{proposal}/decision', { params: { path: { proposal: p.proposal }, header: { 'Idempotency-Key': key } }, body: { approve } })), approve ? `${p.subject} has these roles now.` : 'Rejected.');
  return (
    <li>
      <div className="row between">
        <span className="row">
          <b>{p.subject}</b>
          {p.roles.map((r) => (now.includes(r) ? <span key={r} className="soft">{r}</span> : <ins key={r}>+ {r}</ins>))}
          {now.filter((r) => !p.roles.includes(r)).map((r) => <del key={r}>− {r}</del>)}
          <span className="muted small">proposed by {p.proposedBy}</span>
        </span>
        {no ? <span className="soft small">{no}</span> : <span className="row"><button type="button" className="button small" disabled={busy} onClick={() => decide(false)}>Reject</button><button type="button" className="button small primary" disabled={busy} onClick={() => decide(true)}>Accept</button></span>}
      </div>
      {failure !== undefined && <Trouble failure={failure} />}
    </li>
  );
}

function Propose({ of, onClose }: { of: { subject: string; roles: string[] } | undefined; onClose: () => void }) {
  const [subject, setSubject] = useState(of?.subject ?? '');
  const [roles, setRoles] = useState(new Set(of?.roles));
  const { act, busy, failure } = useAct();
  const valid = /^[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,127}$/.test(subject);
  const list = ROLES.filter((r) => roles.has(r));
  return (
    <Dialog
      title={of ? `Other roles for ${of.subject}` : 'Propose roles'}
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Leave it</button>
        <button type="button" className="button primary" disabled={busy || !valid} onClick={() => void act((key) => told(write.POST('/v1/role-proposals', { params: { header: { 'Idempotency-Key': key } }, body: { subject, roles: list } })), 'Proposed. Another administrator decides.').then((done) => done && onClose())}>Propose {list.length === 0 ? 'no role' : list.join(', ')}</button>
      </>}
    >
      <p className="soft">Nothing changes until another administrator accepts it. These are all the roles that the person then has.</p>
      {!of && <label className="field">Person<input className="input" value={subject} autoFocus onChange={(e) => setSubject(e.target.value.trim())} aria-invalid={subject !== '' && !valid} placeholder="provider|subject" /></label>}
      <fieldset style={{ border: 0, padding: 0, margin: 0 }} className="stack">
        <legend className="visually-hidden">Roles</legend>
        {ROLES.map((r) => <label key={r} className="row"><input type="checkbox" className="check" checked={roles.has(r)} onChange={() => setRoles((now) => { const next = new Set(now); if (!next.delete(r)) next.add(r); return next; })} /> <b>{r}</b> <span className="soft">{DOES[r]}</span></label>)}
      </fieldset>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
