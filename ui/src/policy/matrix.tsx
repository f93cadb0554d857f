import { useState } from 'react';
import { count, money } from '../lib/money';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { Chip, Effect, Facts, Hash } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { direction, EFFECTS, SHORT, sums, usable, type Cell, type Report } from './report';

const MARK = { stricter: '▲', looser: '▽', other: '◇', same: '' };

/** What would have changed: from each effect to each, one can look into every cell. */
export function SimulationReport({ scope, report, digest }: { scope: Scope; report: Report; digest?: string }) {
  const place = usePlace();
  const [tool, setTool] = useState('');
  const tools = [...new Set(report.matrix.map((c) => `${c.tool}${c.action ? `.${c.action}` : ''}`))].sort();
  const cells = report.matrix.filter((c) => tool === '' || `${c.tool}${c.action ? `.${c.action}` : ''}` === tool);
  const sum = sums(cells);
  const chosen = place.query.get('cell') ?? '';
  const [from = '', to = ''] = chosen.split(':');
  const good = usable(report);
  const columns = [...EFFECTS, ...(cells.some((c) => c.to === 'UNDEFINED') ? (['UNDEFINED'] as const) : [])];
  const rows = EFFECTS.filter((e) => cells.some((c) => c.from === e));
  return (
    <>
      {good ? (
        <div className="banner pass" role="status"><div className="grow"><b>{report.changed === 0 ? 'Nothing would have changed' : `${count(report.changed)} of ${count(report.decisions)} decisions would have been others`}</b><p>The content in force said all {count(report.decisions)} again as recorded, so this can be relied on. {{ MAJOR: 'It stops something that was allowed.', MINOR: 'It only loosens.', PATCH: 'No effect changes.' }[report.semver]}</p></div><Chip tone={report.semver === 'PATCH' ? 'pass' : report.semver === 'MINOR' ? 'gate' : 'human'}>{report.semver.toLowerCase()}</Chip></div>
      ) : (
        <div className="banner fail" role="alert"><div className="grow"><b>This result is not usable</b><p>{report.baseline.reproduced < report.decisions ? `The content in force said only ${count(report.baseline.reproduced)} of ${count(report.decisions)} again as recorded.` : `The candidate gave no answer ${count(report.undefined)} times.`} A draft is not accepted on it.</p></div></div>
      )}
      <section className="card">
        <div className="card-head">
          <h2>Was, and would be</h2>
          <div className="row">
            <label className="row small">Of
              <select className="input" value={tool} onChange={(e) => setTool(e.target.value)}><option value="">everything</option>{tools.map((t) => <option key={t}>{t}</option>)}</select>
            </label>
            <span className="small"><span className="human tone-text">▲ stricter {count(sum.stricter)}</span> · <span className="retry tone-text">▽ looser {count(sum.looser)}</span> · <span className="muted">= same {count(sum.same)}</span></span>
          </div>
        </div>
        <div className="table-wrap">
          <table className="table matrix">
            <thead><tr><th>was ↓ would be →</th>{columns.map((e) => <th key={e} className="right">{SHORT[e]}</th>)}</tr></thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row}>
                  <th scope="row"><Effect effect={row} /></th>
                  {columns.map((column) => {
                    const n = cells.filter((c) => c.from === row && c.to === column).reduce((s, c) => s + c.count, 0);
                    const way = direction(row, column);
                    const on = from === row && to === column;
                    return (
                      <td key={column} className={`right num ${way} ${on ? 'on' : ''}`}>
                        {n === 0 ? <span className="muted">0</span> : <Link to={withQuery(place, { cell: on ? undefined : `${row}:${column}` })} aria-label={`${count(n)} from ${SHORT[row]} to ${SHORT[column]}${way === 'same' ? '' : `, ${way}`}`}>{MARK[way]} {count(n)}</Link>}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      {chosen ? <CellDetail scope={scope} report={report} cells={cells.filter((c) => c.from === from && c.to === to)} from={from} to={to} /> : <Changes cells={cells} />}
      <section className="card">
        <h2>What it would mean</h2>
        <dl className="inline-facts">
          <div><dt>Approvals</dt><dd className="num">+{count(report.approvals.added)}, −{count(report.approvals.saved)} <span className="soft">of {count(report.approvals.before)}</span></dd></div>
          <div><dt>For each approver and hour</dt><dd className="num">+{(report.approvals.addedPerApproverHourMilli / 1_000).toFixed(2)} <span className="soft">{report.approvals.approvers} approvers, {count(report.approvals.hours)} h</span></dd></div>
          <div><dt>Cost of what leaves</dt><dd className="num">{Object.entries(report.cost.differenceNanos).map(([c, n]) => `${n > 0 ? '+' : ''}${money(n, c)}`).join(', ') || 'the same'}</dd></div>
          <div><dt>Time to decide, p99</dt><dd className="num">{(report.latency.baseline.p99Micros / 1_000).toFixed(1)} → {(report.latency.candidate.p99Micros / 1_000).toFixed(1)} ms</dd></div>
        </dl>
        <details style={{ marginTop: 12 }}>
          <summary>What it was computed from</summary>
          <div style={{ marginTop: 8 }}>
            <Facts
              of={[
                ['Since', report.since.startsWith('1970') ? 'the first decision' : report.since],
                ['Candidate', <Hash key="c" value={report.candidate.contentSha256} />],
                ...(digest ? [['Report', <Hash key="r" value={digest} />] as [string, React.ReactNode]] : []),
                ...report.complete.map((log): [string, React.ReactNode] => [log.workspace, <span key={log.origin}>{count(log.decisions)} decisions in {count(log.size)} entries, computed again to the root <Hash value={log.root} /></span>]),
              ]}
            />
          </div>
        </details>
      </section>
    </>
  );
}

/** Looser ones first: they are what a second person is for. */
function Changes({ cells }: { cells: Cell[] }) {
  const place = usePlace();
  const changed = cells.filter((c) => c.from !== c.to).sort((a, b) => Number(direction(b.from, b.to) === 'looser') - Number(direction(a.from, a.to) === 'looser') || b.count - a.count);
  if (changed.length === 0) return null;
  return (
    <section className="card table-wrap">
      <h2 style={{ padding: '14px 16px 4px' }}>What changes</h2>
      <table className="table">
        <thead><tr><th>Which way</th><th>Call</th><th>Risk</th><th>Was</th><th>Would be</th><th className="right">Decisions</th><th className="right"><span className="visually-hidden">Look</span></th></tr></thead>
        <tbody>
          {changed.map((c) => {
            const way = direction(c.from, c.to);
            return (
              <tr key={`${c.tool}${c.action}${c.risk}${c.from}${c.to}`}>
                <td className={way === 'looser' ? 'retry tone-text' : way === 'stricter' ? 'human tone-text' : ''}>{MARK[way]} {way === 'other' ? 'neither' : way}</td>
                <td><b>{c.tool}{c.action && `.${c.action}`}</b></td>
                <td>{c.risk.toLowerCase()}</td>
                <td><Effect effect={c.from} /></td>
                <td><Effect effect={c.to} /></td>
                <td className="right num">{count(c.count)}</td>
                <td className="right"><button type="button" className="button small" onClick={() => go(withQuery(place, { cell: `${c.from}:${c.to}` }))}>Look</button></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function CellDetail({ scope, report, cells, from, to }: { scope: Scope; report: Report; cells: Cell[]; from: string; to: string }) {
  const place = usePlace();
  const total = cells.reduce((s, c) => s + c.count, 0);
  const samples = report.samples.filter((s) => s.from === from && s.to === to);
  return (
    <section className="card" aria-label="One cell">
      <div className="card-head">
        <h2 className="row"><Effect effect={from} /> → <Effect effect={to} /> <span className="muted num">{count(total)}</span></h2>
        <Link className="button small" to={withQuery(place, { cell: undefined })}>All changes</Link>
      </div>
      <dl className="inline-facts" style={{ marginBottom: 12 }}>
        {cells.map((c) => <div key={`${c.tool}${c.action}${c.risk}`}><dt>{c.tool}{c.action && `.${c.action}`}, {c.risk.toLowerCase() || 'no'} risk</dt><dd className="num">{count(c.count)}</dd></div>)}
      </dl>
      {from === to ? <p className="soft">These stay as they are.</p> : samples.length === 0 ? <p className="soft">The report keeps no sample of these.</p> : (
        <div className="table-wrap"><table className="table">
          <thead><tr><th>Run</th><th>Call</th><th>Because, then</th><th>Because, with the draft</th></tr></thead>
          <tbody>
            {samples.map((s) => (
              <tr key={s.decisionId}>
                <td><Link className="mono" to={`/t/${encodeURIComponent(scope.tenant)}/w/${encodeURIComponent(s.workspace)}/runs/${s.run}`}>{s.run.slice(0, 13)}</Link></td>
                <td>{s.tool}.{s.action}</td>
                <td><del>{s.reasonsBefore.join(', ') || 'nothing said'}</del></td>
                <td><ins>{s.reasonsAfter.join(', ') || 'nothing said'}</ins></td>
              </tr>
            ))}
          </tbody>
        </table></div>
      )}
      {samples.length > 0 && samples.length < total && <p className="small muted">{samples.length} of {count(total)}: the report keeps up to 20 of each kind.</p>}
    </section>
  );
}
