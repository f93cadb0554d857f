import { Eye, EyeOff, LockKeyhole } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { reveal } from '../reveal/asking';
import type { Shown } from '../reveal/reveal';
import { useAct } from '../run/actions';
import { Chip, Facts, Time, Trouble } from '../ui/parts';
import { fields, shown as text, words } from './field-diff';
import { short, type Gate } from './say';

/** A label and a parameter's name may differ in case and spaces only. */
const plain = (name: string) => name.toLowerCase().replace(/\W+/g, '_');

export type Seen = { shown: Shown; at: number };

/** The arguments: what is disclosed at once, and the rest sealed to a key that only this page has. */
export function Arguments({ gate, may, seen, onSeen }: { gate: Gate; may: boolean; seen: Seen | undefined; onSeen: (seen: Seen | undefined) => void }) {
  const { act, busy, failure } = useAct();
  const [waited, setWaited] = useState<number>();
  const here = useRef(true);
  useEffect(() => () => void (here.current = false), []);

  const look = async () => {
    const shown = await reveal(gate.run, 'GATE', gate.gate, { callDigest: gate.callDigest, waited: setWaited, here: () => here.current });
    return shown && { shown, at: Date.now() };
  };

  const params = seen?.shown.call?.json as { params?: Record<string, unknown> } | undefined;
  const rows = seen ? fields(params?.params ?? {}, seen.shown.records) : [];
  const open = new Set(Object.keys(gate.display).map(plain));
  const unread = Object.entries(seen?.shown.records ?? {});
  return (
    <section className="card span-12" aria-label="Arguments">
      <div className="card-head">
        <h2>Arguments</h2>
        {seen && <span className="row small"><Chip tone="pass">These arguments hash to the call's digest</Chip> <span className="muted">revealed <Time at={seen.at} /></span></span>}
      </div>
      <div className="table-wrap">
        <table className="table">
          <thead><tr><th>Field</th><th><span className="visually-hidden">How it is kept</span></th>{seen && <th>Now</th>}<th>After approval</th></tr></thead>
          <tbody>
            {!seen && Object.entries(gate.display).map(([name, value]) => (
              <tr key={name}><td>{name}</td><td className="muted small">disclosed</td><td><b>{short(value)}</b></td></tr>
            ))}
            {!seen && (
              <tr>
                <td>everything else</td>
                <td className="muted small"><span className="row" style={{ gap: 4 }}><LockKeyhole className="icon" style={{ width: 13 }} aria-hidden /> sealed</span></td>
                <td>
                  <span className="row">
                    <span className="muted" aria-hidden>▒▒▒▒▒▒▒▒▒▒▒▒</span>
                    {may && gate.state === 'OPEN' ? (
                      <button type="button" className="button small" disabled={busy} onClick={() => void act(look, 'The arguments are shown in this browser only.').then((s) => { setWaited(undefined); if (s && here.current) onSeen(s); })}>
                        <Eye className="icon" aria-hidden /> {busy ? `Waiting for an attested worker, ${Math.round((waited ?? 0) / 1_000)} s` : 'Reveal in this browser'} {!busy && <kbd>r</kbd>}
                      </button>
                    ) : <span className="muted small">this server can not read them</span>}
                  </span>
                </td>
              </tr>
            )}
            {rows.map((f) => (
              <tr key={f.name}>
                <td>{f.name}</td>
                <td className="muted small">{open.has(plain(f.name)) ? 'disclosed' : 'sealed'}</td>
                <td>{f.before === undefined ? <span className="muted">not in what the run read</span> : f.before === '' ? <span className="muted">empty</span> : f.before === f.after ? <span className="soft">{f.before}</span> : <Before before={f.before} after={f.after} />}</td>
                <td>{f.before === f.after ? <span className="soft">unchanged</span> : <After before={f.before} after={f.after} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {seen && unread.length > 0 && (
        <details style={{ marginTop: 12 }}>
          <summary>What the run read before: {unread.map(([name]) => name).join(', ')}</summary>
          {unread.map(([name, record]) => (
            <div key={name} style={{ marginTop: 8 }}>
              <h3>{name}</h3>
              {typeof record === 'object' && record !== null ? <Facts of={Object.entries(record).map(([k, v]) => [k, text(v)])} /> : <p>{text(record)}</p>}
            </div>
          ))}
        </details>
      )}
      <div className="row between" style={{ marginTop: 12 }}>
        <p className="small muted">The digest covers every argument, also the sealed ones. Another call, even one letter different, needs another approval. {seen ? '' : 'That you looked is an entry of the ledger, before you see anything.'}</p>
        {seen && <button type="button" className="button small" onClick={() => onSeen(undefined)}><EyeOff className="icon" aria-hidden /> Hide</button>}
      </div>
      {failure !== undefined && <div style={{ marginTop: 12 }}><Trouble failure={failure} /></div>}
    </section>
  );
}

export function Before({ before, after }: { before: string; after: string }) {
  return <>{words(before, after).map((w, i) => (w.kind === '+' ? null : w.kind === '-' ? <del key={i}>{w.text}</del> : <span key={i}>{w.text}</span>))}</>;
}

export function After({ before, after }: { before: string | undefined; after: string }) {
  if (before === undefined) return <ins>{after}</ins>;
  return <b>{words(before, after).map((w, i) => (w.kind === '-' ? null : w.kind === '+' ? <ins key={i}>{w.text}</ins> : <span key={i}>{w.text}</span>))}</b>;
}
