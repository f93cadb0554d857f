import { ChevronLeft, ChevronRight, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { count } from '../lib/money';
import { Link } from '../lib/router';
import { EntryFacts, useLeafVerdict } from '../run/panel';
import { titleOf } from '../run/entry-words';
import { Hash, Skeleton, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { tally } from './check';
import { Checks } from './checks';
import { Ladder } from './ladder';
import { equal } from './merkle';

const FORMS = ['decoded', 'leaf', 'event bytes', 'checkpoint'] as const;

/** Is this entry real, in its place, covered and witnessed? */
export default function LeafPage({ scope, position }: { scope: Scope; position: number }) {
  const verdict = useLeafVerdict(scope, position);
  const [form, setForm] = useState<(typeof FORMS)[number]>('decoded');
  if (verdict.isPending) return <Skeleton rows={9} />;
  if (verdict.isError) return <Trouble failure={verdict.error} again={() => void verdict.refetch()} />;
  const { entry, checks, rungs, leaf, checkpoint, note } = verdict.data;
  const run = (entry.header as { run?: string }).run;
  const place = JSON.parse(entry.leaf) as { run_seq?: number; run_count?: number };
  const sum = tally(checks);
  const last = rungs.at(-1);
  const sound = last && checkpoint ? equal(last.result, checkpoint.root) : checkpoint?.size === 1;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Leaf {count(position)} <span className="soft" style={{ fontWeight: 400 }}>{titleOf(entry)}</span></h1>
          <p>
            {run ? <>In run <Link to={scope.at(`runs/${run}?at=${position}`)}>{run.slice(0, 13)}</Link>{place.run_seq !== undefined ? `, its entry ${place.run_seq + 1}${place.run_count ? ` of ${place.run_count}` : ''}` : ''}.</> : 'It belongs to no run.'}
          </p>
        </div>
        <div className="row">
          <Link className="button" to={scope.at(`proof/leaf/${Math.max(1, position - 1)}`)} aria-label={`Leaf ${position - 1}`}><ChevronLeft className="icon" aria-hidden /> {count(Math.max(1, position - 1))}</Link>
          <Link className="button" to={scope.at(`proof/leaf/${position + 1}`)} aria-label={`Leaf ${position + 1}`}>{count(position + 1)} <ChevronRight className="icon" aria-hidden /></Link>
          <button type="button" className="button" onClick={() => void verdict.refetch()} disabled={verdict.isFetching}><RefreshCw className="icon" aria-hidden /> Verify again</button>
        </div>
      </div>
      <div className="grid">
        <section className="card span-5">
          <div className="card-head"><h2>Checks, computed here</h2><span className="muted small">{sum.pass} pass, {sum.fail} fail, {sum.open} not verified</span></div>
          <Checks checks={checks} />
        </section>
        <section className="card span-7">
          <div className="card-head">
            <h2>In the checkpoint</h2>
            {checkpoint && <span className="muted small">The log gave {rungs.length} hashes; {rungs.length + 1} were computed here.</span>}
          </div>
          {checkpoint ? (
            <>
              <div className="row" style={{ marginBottom: 8 }}>
                <span className={sound ? 'pass tone-text' : 'fail tone-text'}><b>{sound ? '✓ root equals' : '✕ root is not that of'} checkpoint {count(checkpoint.size)}</b></span>
                <Hash value={toHex(checkpoint.root)} />
              </div>
              <Ladder rungs={rungs} leaf={leaf} position={position} sound={sound === true} />
            </>
          ) : <p className="soft">No cosigned checkpoint covers it yet. That takes seconds.</p>}
        </section>
        <section className="card span-12">
          <div className="card-head">
            <h2>The entry</h2>
            <div className="tabs" role="group" aria-label="Form">
              {FORMS.map((f) => <button key={f} type="button" aria-pressed={f === form} onClick={() => setForm(f)}>{f}</button>)}
            </div>
          </div>
          {form === 'decoded' && <EntryFacts entry={entry} />}
          {form === 'leaf' && <pre className="source" tabIndex={0}>{JSON.stringify(JSON.parse(entry.leaf), null, 2)}</pre>}
          {form === 'event bytes' && <pre className="source" tabIndex={0}>{entry.eventBytes.match(/.{1,64}/g)?.join('\n')}</pre>}
          {form === 'checkpoint' && <pre className="source" tabIndex={0}>{note ?? 'not yet'}</pre>}
        </section>
      </div>
    </>
  );
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
