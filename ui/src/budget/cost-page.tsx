import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { everything, intent, read, told, write, type Schemas } from '../lib/api';
import { amounts, count, money } from '../lib/money';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { moment } from '../lib/time';
import { useAct } from '../run/actions';
import { Dialog, Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { cell } from './csv';

const BY = ['ticket', 'workflow', 'day'] as const;
type Run = Schemas['RunListItem'];

/** What did this ticket cost, and shall we stay in budget? */
export default function CostPage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const by = BY.find((b) => b === place.query.get('by')) ?? 'ticket';
  const chosen = place.query.get('run') ?? '';
  const [raising, setRaising] = useState(false);
  const total = useQuery({ queryKey: ['costs', scope.workspace], queryFn: () => told(read.GET('/v1/costs', { params: { query: { workspace: scope.workspace } } })) });
  const costs = useQuery({ queryKey: ['costs', scope.workspace, 'runs'], queryFn: () => everything((cursor) => told(read.GET('/v1/costs/runs', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } }))) });
  const runs = useQuery({ queryKey: ['runs', scope.workspace, 'cost'], queryFn: () => everything((cursor) => told(read.GET('/v1/runs', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } }))) });
  const limit = useQuery({ queryKey: ['limit', scope.workspace], queryFn: () => told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: scope.workspace }, query: { limit: 1, newestFirst: true, types: 'BUDGET_LIMIT_SET' } } })) });
  const known = new Map<string, Run>((runs.data ?? []).map((r) => [r.run, r]));
  const rows = (costs.data ?? []).map((c) => ({ ...c, about: known.get(c.run) }));
  const monthly = (limit.data?.items[0]?.event as { monthly?: { nanos: number; currency: string } } | undefined)?.monthly;
  const month = new Date();
  const thisMonth = rows.filter((r) => r.about && sameMonth(r.about.startedAt, month)).reduce((s, r) => s + r.nanos, 0);
  const grouped = group(rows, by);
  function csv() {
    const head = 'run,ticket,workflow,version,started,currency,nanos,amount\n';
    const body = rows.map((r) => [r.run, r.externalId, r.about?.workflow ?? '', r.about?.version ?? '', r.about ? new Date(r.about.startedAt).toISOString() : '', r.currency, r.nanos, r.nanos / 1e9].map(cell).join(',')).join('\n');
    const url = URL.createObjectURL(new Blob([`${head}${body}\n`], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `cost-${new Date().toISOString().slice(0, 10)}.csv`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
  return (
    <>
      <div className="page-head">
        <div><h1>Cost</h1><p>What models and calls were charged, under the price table of that day; every sum can be computed again from the record.</p></div>
        <div className="row">
          {scope.can('admin') && <button type="button" className="button" onClick={() => setRaising(true)}>Change the budget…</button>}
          <button type="button" className="button" onClick={csv} disabled={rows.length === 0}><Download className="icon" aria-hidden /> CSV</button>
        </div>
      </div>
      <section className="card">
        {total.isPending ? <Skeleton rows={2} /> : total.isError ? <Trouble failure={total.error} again={() => void total.refetch()} /> : (
          <dl className="inline-facts">
            <div><dt className="muted small">All time</dt><dd className="num" style={{ fontSize: 28, lineHeight: '32px' }}>{amounts(total.data.total)}</dd></div>
            <div className="grow">
              <dt className="muted small">This month{monthly ? ` of ${money(monthly.nanos, monthly.currency)}` : ', no budget is set'}</dt>
              <dd className="num" style={{ fontSize: 28, lineHeight: '32px' }}>{money(thisMonth, monthly?.currency)}</dd>
              {monthly && <dd><progress max={monthly.nanos} value={thisMonth} aria-label="Budget used this month" style={{ width: '100%', maxWidth: 420 }} /></dd>}
            </div>
            <div><dt className="muted small">Runs with a cost</dt><dd className="num" style={{ fontSize: 28, lineHeight: '32px' }}>{count(rows.length)}</dd></div>
          </dl>
        )}
        {rows.length > 0 && rows.every((r) => r.nanos === 0) && <p className="soft" style={{ marginTop: 8 }}>Nothing was charged. The built-in offline classifier is free; a vendor's model is charged by its price table.</p>}
      </section>
      <nav className="tabs" aria-label="Group by" style={{ alignSelf: 'flex-start' }}>
        {BY.map((b) => <Link key={b} to={withQuery(place, { by: b === 'ticket' ? undefined : b })} {...(b === by ? { 'aria-current': 'page' as const } : {})}>By {b}</Link>)}
      </nav>
      {costs.isPending ? <Skeleton /> : costs.isError ? <Trouble failure={costs.error} again={() => void costs.refetch()} /> : rows.length === 0 ? <div className="card"><Empty title="No cost yet">A model's first answer is the first cost.</Empty></div> : by === 'ticket' ? (
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
      {raising && <Budget scope={scope} now={monthly} onClose={() => setRaising(false)} />}
    </>
  );
}

function sameMonth(at: number, month: Date): boolean {
  const d = new Date(at);
  return d.getUTCFullYear() === month.getUTCFullYear() && d.getUTCMonth() === month.getUTCMonth();
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

function Budget({ scope, now, onClose }: { scope: Scope; now: { nanos: number; currency: string } | undefined; onClose: () => void }) {
  const [text, setText] = useState(now ? String(now.nanos / 1e9) : '');
  const { act, busy, failure } = useAct();
  const amount = Number(text);
  const valid = text !== '' && Number.isFinite(amount) && amount >= 0 && amount < 1e9;
  const currency = now?.currency ?? 'USD';
  return (
    <Dialog
      title="Change the monthly budget"
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Leave it</button>
        <button type="button" className="button primary" disabled={busy || !valid} onClick={() => void act(() => told(write.PUT('/v1/workspaces/{ws}/budget', { params: { path: { ws: scope.workspace }, header: { 'Idempotency-Key': intent() } as never }, body: { currency, monthlyNanos: Math.round(amount * 1e9) } })), 'The budget was changed.').then((done) => done && onClose())}>Set it to {valid ? money(Math.round(amount * 1e9), currency) : '…'}</button>
      </>}
    >
      <p className="soft">Calls that would go above it wait. The change is an entry in the ledger, with your name.</p>
      <label className="field">Amount in {currency} a month<input className="input" inputMode="decimal" value={text} onChange={(e) => setText(e.target.value)} aria-invalid={!valid} /></label>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
