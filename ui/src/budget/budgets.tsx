import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { raw, told, write } from '../lib/api';
import { count, money } from '../lib/money';
import { moment, useNow } from '../lib/time';
import { useAct } from '../run/actions';
import { Chip, Dialog, Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { forecast, type Budget, type Period } from './forecast';

const UNITS = /^[A-Z]{3}$/;
/** Counted in billionths. */
const FRACTIONS = /^([A-Z]{3}|gpu-hours)$/;
const PERIOD: Record<Period, string> = { HOUR: 'this hour', DAY: 'today', MONTH: 'this month' };

export function useBudgets(scope: Scope) {
  return useQuery({ queryKey: ['budgets', scope.tenant], refetchInterval: 15_000, queryFn: () => raw('/v1/budgets').then((r) => r.json() as Promise<{ items: Budget[] }>).then((p) => p.items) });
}

export function amount(n: number, unit: string): string {
  if (unit === 'gpu-hours') return `${Number((n / 1e9).toPrecision(3))} ${unit}`;
  return UNITS.test(unit) ? money(n, unit) : `${count(n)} ${unit}`;
}

/** Only budgets of the workspace that is looked at, or of all, are ever shown. */
export function whose(b: Budget): string {
  return b.workflow ? `${b.workflow}${b.workspace ? ' in this workspace' : ''}` : b.workspace ? 'this workspace' : 'the whole tenant';
}

/** Every cap, how far it is used, and whether it will last. */
export function BudgetTable({ scope }: { scope: Scope }) {
  const asked = useBudgets(scope);
  const now = useNow(15_000);
  const [editing, setEditing] = useState<Budget | 'new'>();
  const mine = (asked.data ?? []).filter((b) => !b.workspace || b.workspace === scope.workspace);
  return (
    <section className="card table-wrap" aria-label="Budgets">
      <div className="row between" style={{ padding: '14px 16px 4px' }}>
        <h2>Budgets</h2>
        {scope.can('admin') && <button type="button" className="button small" onClick={() => setEditing('new')}>Set a cap…</button>}
      </div>
      {asked.isPending ? <div style={{ padding: 16 }}><Skeleton rows={3} /></div> : asked.isError ? <Trouble failure={asked.error} again={() => void asked.refetch()} /> : mine.length === 0 ? <Empty title="No budget is set">Spending is held by each run's own limit only.</Empty> : (
        <table className="table">
          <thead><tr><th>Of</th><th>Used</th><th style={{ width: '24%' }}><span className="visually-hidden">Share</span></th><th>Cap</th><th>As it goes on</th><th>Begins anew</th>{scope.can('admin') && <th className="right"><span className="visually-hidden">Change</span></th>}</tr></thead>
          <tbody>
            {mine.map((b) => {
              const share = b.limit > 0 ? (b.used + b.reserved) / b.limit : 1;
              const ahead = forecast(b, now);
              return (
                <tr key={`${b.budget}${b.period}${b.unit}`}>
                  <td><b>{whose(b)}</b> <span className="muted">{PERIOD[b.period]}</span></td>
                  <td className="num">{amount(b.used, b.unit)}{b.reserved > 0 && <span className="muted small"> and {amount(b.reserved, b.unit)} set aside</span>}</td>
                  <td><Meter share={share} used={b.limit > 0 ? b.used / b.limit : 1} label={`${whose(b)} ${PERIOD[b.period]}`} /></td>
                  <td className="num">{amount(b.limit, b.unit)}{b.default && <span className="muted small"> by default</span>}</td>
                  <td>{share >= 1 ? <Chip tone="fail">used up: calls wait</Chip> : !ahead ? <span className="muted small">too early to say</span> : ahead.usedUpAt ? <Chip tone="budget">used up at {moment(ahead.usedUpAt)}</Chip> : <span className="num">{amount(ahead.atEnd, b.unit)} at the end</span>}</td>
                  <td><Time at={b.endsAt} /></td>
                  {scope.can('admin') && <td className="right"><button type="button" className="button small" onClick={() => setEditing(b)}>Change…</button></td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {editing && <CapDialog scope={scope} of={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </section>
  );
}

export function Meter({ share, used, label }: { share: number; used: number; label: string }) {
  const percent = Math.round(share * 100);
  return (
    <span className="row" style={{ flexWrap: 'nowrap' }}>
      <span className="meter" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.min(100, percent)} aria-valuetext={`${percent} percent`}>
        <svg width="100%" height="8" aria-hidden>
          <rect width={`${Math.min(100, share * 100)}%`} height="8" rx="4" className="aside" />
          <rect width={`${Math.min(100, used * 100)}%`} height="8" rx="4" className={share >= 0.9 ? 'near' : ''} />
        </svg>
      </span>
      <span className="num small">{percent} %</span>
    </span>
  );
}

function CapDialog({ scope, of, onClose }: { scope: Scope; of: Budget | undefined; onClose: () => void }) {
  const [where, setWhere] = useState<'tenant' | 'workspace' | 'workflow'>(of ? (of.workflow ? 'workflow' : of.workspace ? 'workspace' : 'tenant') : 'workspace');
  const [workflow, setWorkflow] = useState(of?.workflow ?? '');
  const [period, setPeriod] = useState<Period>(of?.period ?? 'DAY');
  const [unit, setUnit] = useState(of?.unit ?? 'USD');
  const scale = FRACTIONS.test(unit) ? 1e9 : 1;
  const [text, setText] = useState(of ? String(of.limit / scale) : '');
  const { act, busy, failure } = useAct();
  const value = Math.round(Number(text) * scale);
  const valid = text.trim() !== '' && Number.isSafeInteger(value) && value >= 0 && (where !== 'workflow' || workflow !== '') && /^([A-Z]{3}|runs|calls|tokens|gpu-hours)$/.test(unit);
  const body = { period, unit, ...(where === 'tenant' ? {} : { workspace: of?.workspace ?? scope.workspace }), ...(where === 'workflow' ? { workflow } : {}) };
  const send = (limit: number | undefined, said: string) => void act(() => told(write.PUT('/v1/budgets', { body: { ...body, ...(limit === undefined ? {} : { limit }) } })), said).then((done) => done && onClose());
  return (
    <Dialog
      title={of ? `Cap of ${whose(of)}` : 'Set a cap'}
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Leave it</button>
        {of && !of.default && <button type="button" className="button danger" disabled={busy} onClick={() => send(undefined, 'The cap was lifted.')}>Lift it</button>}
        <button type="button" className="button primary" disabled={busy || !valid} onClick={() => send(value, 'The cap was set.')}>Set it to {valid ? amount(value, unit) : '…'}</button>
      </>}
    >
      <p className="soft">Calls that would go above it wait, and go on when the window begins anew or the cap is raised. The change is an entry of the ledger, with your name.</p>
      {!of && (
        <div className="row">
          <label className="field">Of
            <select className="input" value={where} onChange={(e) => setWhere(e.target.value as 'tenant')}><option value="workspace">this workspace</option><option value="workflow">a workflow</option><option value="tenant">the whole tenant</option></select>
          </label>
          {where === 'workflow' && <label className="field">Workflow<input className="input" value={workflow} onChange={(e) => setWorkflow(e.target.value.trim())} /></label>}
          <label className="field">Each
            <select className="input" value={period} onChange={(e) => setPeriod(e.target.value as Period)}><option value="HOUR">hour</option><option value="DAY">day</option><option value="MONTH">month</option></select>
          </label>
          <label className="field">Counts
            <select className="input" value={unit} onChange={(e) => setUnit(e.target.value)}>{['USD', 'EUR', 'runs', 'calls', 'tokens', 'gpu-hours'].map((u) => <option key={u}>{u}</option>)}</select>
          </label>
        </div>
      )}
      <label className="field">At most, in {unit}<input className="input" inputMode="decimal" value={text} onChange={(e) => setText(e.target.value)} aria-invalid={text !== '' && !valid} /></label>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
