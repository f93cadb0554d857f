import { useRef, useState } from 'react';
import { usePlace } from '../lib/router';
import { Chip } from '../ui/parts';
import { ApprovalsForm } from './approvals-form';
import { Difference } from './difference';
import { GrantForm } from './grant-form';
import { GROUPS, written, type Linted } from './lint';

type View = 'form' | 'asked' | 'text' | 'diff';

/** The same change as a form, as text with its faults on their lines, and as what differs. */
export function Editor({ text, before, linted, onText }: { text: string; before: string; linted: Linted; onText: (text: string) => void }) {
  const place = usePlace();
  const [view, setView] = useState<View>(place.query.get('as') === 'asked' ? 'asked' : 'form');
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const marks = [...linted.faults, ...linted.hints];
  const bad = new Set(linted.faults.map((f) => f.line));
  const odd = new Set(linted.hints.map((f) => f.line));
  const lines = text.split('\n').length;
  const goTo = (line: number) => {
    setView('text');
    window.requestAnimationFrame(() => {
      const box = area.current;
      if (!box) return;
      const from = text.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
      box.focus();
      box.setSelectionRange(from, (text.indexOf('\n', from) + text.length + 1) % (text.length + 1) || text.length);
      box.scrollTop = Math.max(0, (line - 6) * 18);
    });
  };
  return (
    <section className="card" aria-label="Editor">
      <div className="card-head">
        <div className="tabs" role="group" aria-label="As">
          {([['form', 'Grants and limits'], ['asked', 'Who is asked'], ['text', 'Text'], ['diff', 'What differs']] as const).map(([id, word]) => <button key={id} type="button" aria-pressed={view === id} onClick={() => setView(id)}>{word}</button>)}
        </div>
        <span className="row" role="status">
          {linted.faults.length > 0 ? <Chip tone="fail">{linted.faults.length} {linted.faults.length === 1 ? 'fault' : 'faults'}</Chip> : <Chip tone="pass">fits the schema</Chip>}
          {linted.hints.length > 0 && <Chip tone="gate">{linted.hints.length} to look at</Chip>}
        </span>
      </div>
      {view === 'form' || view === 'asked' ? (linted.shape ? (view === 'form' ? <GrantForm data={linted.shape} onData={(data) => onText(written(data))} /> : <ApprovalsForm data={linted.shape} onData={(data) => onText(written(data))} withGroups={GROUPS} />) : <p className="soft">The form opens when the text has no fault that it can not show.</p>) : view === 'diff' ? <Difference from={before} to={linted.data ? written(linted.data) : text} /> : (
        <div className="editor">
          <pre ref={gutter} aria-hidden>{Array.from({ length: lines }, (_, i) => <span key={i} className={bad.has(i + 1) ? 'bad' : odd.has(i + 1) ? 'odd' : undefined}>{i + 1}{'\n'}</span>)}</pre>
          <textarea
            ref={area}
            aria-label="Policy data, JSON"
            aria-invalid={linted.faults.length > 0}
            spellCheck={false}
            value={text}
            onChange={(e) => onText(e.target.value)}
            onScroll={(e) => { if (gutter.current) gutter.current.scrollTop = e.currentTarget.scrollTop; }}
            onKeyDown={(e) => {
              if (e.key !== 'Tab' || e.shiftKey || e.altKey) return;
              // Escape, then Tab, leaves: the keyboard is never caught here (WCAG 2.1.2).
              if (e.currentTarget.dataset.leave === 'yes') return;
              e.preventDefault();
              const { selectionStart: a, selectionEnd: b } = e.currentTarget;
              onText(`${text.slice(0, a)}  ${text.slice(b)}`);
              window.requestAnimationFrame(() => area.current?.setSelectionRange(a + 2, a + 2));
            }}
            onKeyUp={(e) => { e.currentTarget.dataset.leave = e.key === 'Escape' ? 'yes' : e.key === 'Tab' || e.key === 'Shift' ? (e.currentTarget.dataset.leave ?? '') : ''; }}
          />
        </div>
      )}
      {marks.length > 0 && (
        <ul className="stack small" style={{ gap: 4, marginTop: 12 }}>
          {marks.slice(0, 12).map((f, i) => <li key={i}><button type="button" className="button small quiet" onClick={() => goTo(f.line)}><span className={linted.faults.includes(f) ? 'fail tone-text' : 'gate tone-text'}>{f.line}:{f.column}</span> <span className="mono">{f.path}</span> {f.message}</button></li>)}
        </ul>
      )}
      {view === 'text' && <p className="small muted" style={{ marginTop: 8 }}>Tab indents; Escape, then Tab, leaves the field.</p>}
    </section>
  );
}
