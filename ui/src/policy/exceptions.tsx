import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { intent, ProblemError, raw, send } from '../lib/api';
import { clock, span, useNow } from '../lib/time';
import { useAct } from '../run/actions';
import { Chip, Dialog, Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { go } from '../lib/router';

export type Exception = { name: string; tool?: string; action?: string; environments?: string[]; workflows?: string[]; waives?: string; reason?: string; approver?: string; until: string; state: 'ACTIVE' | 'EXPIRED' };
const DAY = 86_400_000;

/** Nothing where this server knows of no exceptions. */
export function useExceptions(scope: Scope) {
  return useQuery({
    queryKey: ['policy', scope.tenant, 'exceptions'],
    queryFn: () =>
      raw('/policy/v1/exceptions')
        .then((r) => r.json() as Promise<{ items: Exception[] }>)
        .then((p) => p.items)
        .catch((failure: unknown) => {
          if (failure instanceof ProblemError && failure.status === 404) return null;
          throw failure;
        }),
  });
}

/** What goes by although a rule would hold it back: who agreed, why, and until when. */
export function Exceptions({ scope }: { scope: Scope }) {
  const asked = useExceptions(scope);
  const now = useNow(30_000);
  const [proposing, setProposing] = useState(false);
  const { act, busy, failure } = useAct();
  if (asked.data === null) return null;
  return (
    <section className="card table-wrap" aria-label="Exceptions">
      <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>Exceptions</h2>{scope.can('admin', 'builder') && <button type="button" className="button small" onClick={() => setProposing(true)}>Propose one…</button>}</div>
      {asked.isPending ? <div style={{ padding: 16 }}><Skeleton rows={2} /></div> : asked.isError ? <Trouble failure={asked.error} /> : asked.data.length === 0 ? <Empty title="No exception stands">Each has an approver and an end.</Empty> : (
        <table className="table">
          <thead><tr><th>Exception</th><th>Lets by</th><th>Waives</th><th>Because</th><th>Approver</th><th>Until</th><th className="right"><span className="visually-hidden">End it</span></th></tr></thead>
          <tbody>
            {asked.data.map((e) => (
              <tr key={e.name}>
                <td><b>{e.name}</b></td>
                <td>{e.tool}.{e.action} <span className="muted small">in {e.environments?.join(', ')}</span></td>
                <td>{e.waives}</td>
                <td>{e.reason}</td>
                <td>{e.approver}</td>
                <td>{e.state === 'EXPIRED' ? <Chip tone="open">over</Chip> : <><Time at={Date.parse(e.until)} /> <span className="muted small">{span(Date.parse(e.until) - now)}</span></>}</td>
                <td className="right">{e.state === 'ACTIVE' && scope.can('admin', 'operator') && <button type="button" className="button small" disabled={busy} onClick={() => void act(() => send('DELETE', `/v1/policy/exceptions/${encodeURIComponent(e.name)}`), 'It has ended.')}>End it now</button>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {failure !== undefined && <Trouble failure={failure} />}
      {proposing && <Propose scope={scope} onClose={() => setProposing(false)} />}
    </section>
  );
}

function Propose({ scope, onClose }: { scope: Scope; onClose: () => void }) {
  const [form, setForm] = useState({ name: '', tool: '', action: '', environments: 'prod', workflows: '', waives: 'quorum', reason: '', approver: '', days: '7' });
  const { act, busy, failure } = useAct();
  const list = (text: string) => text.split(',').map((t) => t.trim()).filter(Boolean);
  const ready = Object.values(form).every((v) => v.trim() !== '') && Number(form.days) >= 1 && Number(form.days) <= 90;
  const field = (name: keyof typeof form, label: string) => <label className="field">{label}<input className="input" value={form[name]} onChange={(e) => setForm({ ...form, [name]: e.target.value })} /></label>;
  const body = () => ({ name: form.name, tool: form.tool, action: form.action, environments: list(form.environments), workflows: list(form.workflows), waives: form.waives, reason: form.reason, approver: form.approver, until: new Date(clock.now() + Number(form.days) * DAY).toISOString() });
  return (
    <Dialog
      title="Propose an exception"
      className="wide"
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Leave it</button>
        <button type="button" className="button primary" disabled={busy || !ready} onClick={() => void act(() => send('POST', '/v1/policy/exceptions', body(), intent()), 'Proposed. The approver that it names decides.').then((d) => { if (d) { onClose(); const draft = (d as { draft?: string }).draft; if (draft) go(scope.at(`policy/drafts/${draft}`)); } })}>Propose it to {form.approver || '…'}</button>
      </>}
    >
      <p className="soft">It becomes a draft, which is simulated like any other; the person named here decides. It ends by itself.</p>
      <div className="grant" style={{ border: 0, padding: 0 }}>
        {field('name', 'Its name, lower case')}{field('tool', 'Connector')}{field('action', 'Action')}{field('environments', 'Environments')}{field('workflows', 'Workflows')}{field('waives', 'Waives: quorum, or param.NAME')}{field('reason', 'Why, as a code')}{field('approver', 'Who decides')}{field('days', 'Days, at most 90')}
      </div>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
