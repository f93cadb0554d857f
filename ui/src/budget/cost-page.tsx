import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { everything, read, told, type Schemas } from '../lib/api';
import { amounts, count, money } from '../lib/money';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { save } from '../lib/save';
import { clock, moment } from '../lib/time';
import { Dialog, Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { BudgetTable } from './budgets';
import { cell } from './csv';

const BY = ['ticket', 'step', 'model', 'workflow', 'day'] as const;
const DAYS = { '1': 'today', '7': '7 days', '30': '30 days', '': 'all time' } as const;
type Run = Schemas['RunListItem'];

/** What did this ticket cost, and shall we stay in budget? */
export default function CostPage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const by = BY.find((b) => b === place.query.get('by')) ?? 'ticket';
  const chosen = place.query.get('run') ?? '';
  const total = useQuery({ queryKey: ['costs', scope.workspace], queryFn: () => told(read.GET('/v1/costs', { params: { query: { workspace: scope.workspace } } })) });
  const costs = useQuery({ queryKey: ['costs', scope.workspace, 'runs'], queryFn: () => everything((cursor) => told(read.GET('/v1/costs/runs', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } }))) });
  const runs = useQuery({ queryKey: ['runs', scope.workspace, 'cost'], queryFn: () => everything((cursor) => told(read.GET('/v1/runs', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } }))) });
  const days = place.query.get('days') ?? '';
  // Whole days, so that the question stays the same while one looks.
  const since = days === '' ? 0 : Math.floor(clock.now() / DAY) * DAY - (Number(days) - 1) * DAY;
  const models = useQuery({ queryKey: ['costs', scope.workspace, 'models', since], enabled: by === 'step' || by === 'model', queryFn: () => told(read.GET('/v1/costs/models', { params: { query: { workspace: scope.workspace, ...(since ? { since } : {}) } } })) });
  const known = new Map<string, Run>((runs.data ?? []).map((r) => [r.run, r]));
  const rows = (costs.data ?? []).map((c) => ({ ...c, about: known.get(c.run) })).filter((r) => since === 0 || (r.about?.startedAt ?? 0) >= since);
  const sum = rows.reduce((n, r) => n + r.nanos, 0);
  const currency = rows[0]?.currency ?? 'USD';
  const grouped = group(rows, by);
  function csv() {
    if (by === 'step' || by === 'model') table(`cost-by-${by}`, ['workflow', 'step', 'provider', 'model', 'calls', 'inputTokens', 'outputTokens', 'currency', 'nanos', 'amount'], (models.data?.items ?? []).map((m) => [m.workflow, m.step, m.provider, m.model, m.calls, m.inputTokens, m.outputTokens, m.currency, m.nanos, m.nanos / 1e9]));
    else table('cost', ['run', 'ticket', 'workflow', 'version', 'started', 'currency', 'nanos', 'amount'], rows.map((r) => [r.run, r.externalId, r.about?.workflow ?? '', r.about?.version ?? '', r.about ? new Date(r.about.startedAt).toISOString() : '', r.currency, r.nanos, r.nanos / 1e9]));
  }
  return (
    <>
      <div className="page-head">
        <div><h1>Cost</h1><p>What models and calls were charged, under the price table of that day; every sum can be computed again from the record.</p></div>
        <div className="row">
          <button type="button" className="button" onClick={csv} disabled={rows.length === 0 || !runs.data}><Download className="icon" aria-hidden /> CSV</button>
        </div>
      </div>
      <section className="card">
        {total.isPending || costs.isPending ? <Skeleton rows={2} /> : total.isError ? <Trouble failure={total.error} again={() => void total.refetch()} /> : (
          <div className="row" style={{ gap: 40, alignItems: 'flex-end' }}>
            <Big label={days === '' ? 'All time' : DAYS[days as '7'] ?? ''} value={days === '' ? amounts(total.data.total) : money(sum, currency)} />
            <Big label="Runs with a cost" value={count(rows.length)} />
            <Big label="Each, on average" value={rows.length === 0 ? '–' : money(Math.round(sum / rows.length), currency)} />
            {days === '' && total.data.gpuMillis > 0 && <Big label="GPU hours" value={String(Number((total.data.gpuMillis / 3_600_000).toPrecision(3)))} />}
            <div className="grow"><PerDay rows={rows} currency={currency} days={days === '' ? 30 : Math.max(7, Number(days))} /></div>
          </div>
        )}
        {rows.length > 0 && rows.every((r) => r.nanos === 0) && <p className="soft" style={{ marginTop: 8 }}>Nothing was charged. The built-in offline classifier is free; a vendor's model is charged by its price table.</p>}
      </section>
      <BudgetTable scope={scope} />
      <div className="row between">
      <nav className="tabs" aria-label="Group by">
        {BY.map((b) => <Link key={b} to={withQuery(place, { by: b === 'ticket' ? undefined : b })} {...(b === by ? { 'aria-current': 'page' as const } : {})}>By {b}</Link>)}
      </nav>
        <div className="tabs" role="group" aria-label="Period">{Object.entries(DAYS).map(([id, word]) => <button key={id} type="button" aria-pressed={days === id} onClick={() => go(withQuery(place, { days: id || undefined }))}>{word}</button>)}</div>
      </div>
      {by === 'step' || by === 'model' ? <ByModel by={by} asked={models} /> : costs.isPending ? <Skeleton /> : costs.isError ? <Trouble failure={costs.error} again={() => void costs.refetch()} /> : rows.length === 0 ? <div className="card"><Empty title="No cost yet">A model's first answer is the first cost.</Empty></div> : by === 'ticket' ? (
        <div className="card table-wrap">
          <table className="table">
            <thead><tr><th>Ticket</th><th>Workflow</th><th>Started</th><th className="right">Cost</th><th className="right"><span className="visually-hidden">Details</span></th></tr></thead>
            <tbody>
              {rows.sort((a, b) => b.nanos - a.nanos || (b.about?.startedAt ?? 0) - (a.about?.startedAt ?? 0)).slice(0, 500).map((r) => (
                <tr key={`${r.run}${r.currency}`} aria-selected={r.run === chosen}>
                  <td><Link to={scope.at(`runs/${r.run}`)}><b>{r.externalId || r.run.slice(0, 8)}</b></Link></td>
                  <td>{r.about ? `${r.about.workflow} v${r.about.version}` : ''}</td>
                  <td>{r.about && <Time at={r.about.startedAt} />}</td>
                  <td className="right num">{money(r.nanos, r.currency)}</td>
                  <td className="right"><button type="button" className="button small" onClick={() => go(withQuery(place, { run: r.run }))}>How it adds up</button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className="card table-wrap">
          <table className="table">
            <thead><tr><th>{by === 'day' ? 'Day' : 'Workflow'}</th><th className="right">Runs</th><th className="right">Cost</th><th className="right">Each</th></tr></thead>
            <tbody>{grouped.map((g) => <tr key={g.name}><td><b>{g.name}</b></td><td className="right num">{count(g.runs)}</td><td className="right num">{money(g.nanos, g.currency)}</td><td className="right num">{money(Math.round(g.nanos / g.runs), g.currency)}</td></tr>)}</tbody>
          </table>
        </div>
      )}
      {chosen && <Sum run={chosen} ticket={rows.find((r) => r.run === chosen)?.externalId ?? chosen} onClose={() => go(withQuery(place, { run: undefined }))} />}
    </>
  );
}

const DAY = 86_400_000;

function table(name: string, head: string[], rows: (string | number)[][]): void {
  save(new Blob([`${[head, ...rows].map((r) => r.map(cell).join(',')).join('\n')}\n`], { type: 'text/csv' }), `${name}-${new Date(clock.now()).toISOString().slice(0, 10)}.csv`);
}

function Big({ label, value }: { label: string; value: string }) {
  return <div><p className="muted small">{label}</p><p className="num" style={{ fontSize: 28, lineHeight: '36px', fontWeight: 620 }}>{value}</p></div>;
}

/** One bar a day, in UTC as the record counts; the same as a table for who does not see bars. */
function PerDay({ rows, currency, days }: { rows: { nanos: number; about?: Run | undefined }[]; currency: string; days: number }) {
  const today = Math.floor(clock.now() / DAY);
  const sums = Array.from({ length: days }, (_, i) => ({ day: today - days + 1 + i, nanos: 0 }));
  for (const r of rows) {
    const bin = r.about ? sums[Math.floor(r.about.startedAt / DAY) - today + days - 1] : undefined;
    if (bin) bin.nanos += r.nanos;
  }
  const most = Math.max(1, ...sums.map((s) => s.nanos));
  const name = (day: number) => new Date(day * DAY).toISOString().slice(5, 10);
  return (
    <figure>
      <svg width="100%" height="52" viewBox={`0 0 ${days * 10} 52`} preserveAspectRatio="none" role="img" aria-label={`Cost per day: ${sums.filter((s) => s.nanos > 0).map((s) => `${name(s.day)} ${money(s.nanos, currency)}`).join(', ') || 'none'}`}>
        {sums.map((s, i) => <rect key={s.day} x={i * 10 + 1} width="8" y={50 - (s.nanos / most) * 48} height={Math.max(1, (s.nanos / most) * 48)} rx="1.5" fill={s.nanos > 0 ? 'var(--run-bar)' : 'var(--border)'}><title>{`${name(s.day)}: ${money(s.nanos, currency)}`}</title></rect>)}
      </svg>
      <figcaption className="small muted row between"><span>{name(sums[0]?.day ?? today)}</span><span>most in a day {money(most === 1 ? 0 : most, currency)}</span><span>{name(today)}</span></figcaption>
    </figure>
  );
}

type Models = Schemas['ModelCosts']['items'];

function ByModel({ by, asked }: { by: 'step' | 'model'; asked: { data: { items: Models } | undefined; isPending: boolean; isError: boolean; error: unknown } }) {
  if (asked.isPending) return <Skeleton />;
  if (asked.isError) return <Trouble failure={asked.error} />;
  const groups = new Map<string, Models[number]>();
  for (const m of asked.data?.items ?? []) {
    const key = by === 'model' ? `${m.provider}\n${m.model}\n${m.currency}` : `${m.workflow}\n${m.step}\n${m.currency}`;
    const g = groups.get(key);
    groups.set(key, g ? { ...g, nanos: g.nanos + m.nanos, calls: g.calls + m.calls, inputTokens: g.inputTokens + m.inputTokens, outputTokens: g.outputTokens + m.outputTokens } : m);
  }
  const list = [...groups.values()].sort((a, b) => b.nanos - a.nanos);
  const most = Math.max(1, ...list.map((m) => m.nanos));
  if (list.length === 0) return <div className="card"><Empty title="No model was asked">In this period, in this workspace.</Empty></div>;
  return (
    <div className="card table-wrap"><table className="table">
      <thead><tr><th>{by === 'model' ? 'Model' : 'Step'}</th><th style={{ width: '20%' }}><span className="visually-hidden">Share</span></th><th className="right">Calls</th><th className="right">Tokens in</th><th className="right">Tokens out</th><th className="right">Cost</th><th className="right">Each call</th></tr></thead>
      <tbody>{list.map((m) => (
        <tr key={`${m.workflow}${m.step}${m.provider}${m.model}`}>
          <td>{by === 'model' ? <><b>{m.model}</b> <span className="muted">{m.provider}</span></> : <><b>{m.step}</b> <span className="muted">{m.workflow}</span></>}</td>
          <td><svg width="100%" height="8" aria-hidden><rect width={`${(m.nanos / most) * 100}%`} height="8" rx="4" fill="var(--run-bar)" /></svg></td>
          <td className="right num">{count(m.calls)}</td><td className="right num">{count(m.inputTokens)}</td><td className="right num">{count(m.outputTokens)}</td><td className="right num">{money(m.nanos, m.currency)}</td><td className="right num">{money(Math.round(m.nanos / Math.max(1, m.calls)), m.currency)}</td>
        </tr>
      ))}</tbody>
    </table></div>
  );
}

function group(rows: { nanos: number; currency: string; about?: Run | undefined }[], by: (typeof BY)[number]) {
  const groups = new Map<string, { name: string; currency: string; runs: number; nanos: number }>();
  for (const r of rows) {
    const name = by === 'workflow' ? `${r.about?.workflow ?? '?'} v${r.about?.version ?? '?'}` : r.about ? moment(r.about.startedAt, 0).split(',')[0] ?? '?' : '?';
    const g = groups.get(`${name}${r.currency}`) ?? { name, currency: r.currency, runs: 0, nanos: 0 };
    g.runs++;
    g.nanos += r.nanos;
    groups.set(`${name}${r.currency}`, g);
  }
  return [...groups.values()];
}

function Sum({ run, ticket, onClose }: { run: string; ticket: string; onClose: () => void }) {
  const asked = useQuery({ queryKey: ['usage', run], queryFn: () => told(read.GET('/v1/costs/runs/{run}/usage', { params: { path: { run }, query: { limit: 200 } } })) });
  return (
    <Dialog title={`How ${ticket} adds up`} onClose={onClose} foot={<button type="button" className="button" onClick={onClose}>Close</button>}>
      {asked.isPending ? <Skeleton rows={3} /> : asked.isError ? <Trouble failure={asked.error} /> : asked.data.items.length === 0 ? <p className="soft">No model was asked in this run.</p> : (
        <div className="table-wrap">
          <table className="table">
            <thead><tr><th>Step</th><th>Model</th><th className="right">In</th><th className="right">Out</th><th className="right">Amount</th></tr></thead>
            <tbody>{asked.data.items.map((u) => <tr key={u.position}><td>{u.step}</td><td title={u.responseModel}>{(u.responseModel || u.model).slice(0, 28)}</td><td className="right num">{count(u.inputTokens)}</td><td className="right num">{count(u.outputTokens)}</td><td className="right num">{money(u.nanos, u.currency)}</td></tr>)}</tbody>
          </table>
          <p className="small muted">Price table {[...new Set(asked.data.items.map((u) => u.priceTable))].join(', ')}; entries {asked.data.items.map((u) => `#${u.position}`).join(', ')}.</p>
        </div>
      )}
    </Dialog>
  );
}
