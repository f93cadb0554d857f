import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { count } from '../lib/money';
import { Link } from '../lib/router';
import { save } from '../lib/save';
import { Time } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { detailOf, effectOf, titleOf } from './entry-words';
import type { Entry } from './timeline';

const TELLING = new Set(['TRIGGER_RECEIVED', 'HUMAN_GATE_REQUESTED', 'HUMAN_GATE_DECISIONED', 'HUMAN_GATE_ESCALATED', 'CALL_CORRECTED', 'CALL_HELD', 'TOOL_ACTION_EXECUTED', 'MODEL_INVOKED', 'STEP_FAILED', 'WORKFLOW_COMPLETED', 'WORKFLOW_FAILED', 'RUN_CANCELLED', 'RUN_RETRIED', 'CALL_RECONCILED', 'ROLLBACK_APPLIED']);

/** The story without its bookkeeping. */
export function CompactView({ scope, entries }: { scope: Scope; entries: Entry[] }) {
  const told = entries.filter((e) => TELLING.has(e.entryType) || (e.entryType === 'POLICY_EVALUATED' && effectOf(e) !== 'ALLOW'));
  return (
    <ol className="compact">
      {told.map((entry) => (
        <li key={entry.position}>
          <span className="muted"><Time at={entry.recordedAt} millis /></span>
          <span aria-hidden>·</span>
          <div>
            <b>{titleOf(entry)}</b> <span className="soft">{(entry.event as { step?: string; gate?: string }).step ?? (entry.event as { gate?: string }).gate ?? ''}</span>
            <p>{detailOf(entry)}</p>
          </div>
          <Link className="muted num" to={scope.at(`proof/leaf/${entry.position}`)}>#{count(entry.position)}</Link>
        </li>
      ))}
    </ol>
  );
}

const SHOWN = 400;

/** What the API says, word for word. */
export function RawView({ entries, run }: { entries: Entry[]; run: string }) {
  const text = useMemo(() => JSON.stringify(entries.slice(0, SHOWN), null, 2), [entries]);
  const keep = () => save(new Blob([JSON.stringify(entries, null, 2)], { type: 'application/json' }), `run-${run}.json`);
  return (
    <div style={{ padding: 20 }} className="stack">
      <div className="row between">
        <p className="soft">{entries.length > SHOWN ? `The first ${SHOWN} of ${entries.length} entries; the file has all.` : `${entries.length} entries, as the API gives them.`}</p>
        <button type="button" className="button" onClick={keep}><Download className="icon" aria-hidden /> Save as JSON</button>
      </div>
      <pre className="source" tabIndex={0} style={{ maxHeight: '60vh' }}>{text}</pre>
    </div>
  );
}
