import { useState } from 'react';
import { send } from '../lib/api';
import { canonical } from '../lib/jcs';
import { artifactOf } from '../workflow/artifact';
import { useAct } from '../run/actions';
import { Dialog, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { correct, typedAs } from './correction';
import { shown as text } from './field-diff';
import { sign } from './passkey';
import { After, Before, type Seen } from './reveal-card';
import type { Detail } from './say';

/** Another call in the place of the one that was shown: what differs is shown again before it is asked for. */
export function CorrectDialog({ scope, gate, seen, artifactDigest, onClose, onDone }: { scope: Scope; gate: Detail; seen: Seen; artifactDigest: string; onClose: () => void; onDone: (correctedDigest: string) => void }) {
  const call = seen.shown.call;
  const params = (call?.json as { params?: Record<string, unknown> } | undefined)?.params ?? {};
  const [typed, setTyped] = useState<Record<string, string>>({});
  const { act, busy, failure } = useAct(gate.run);
  const given = Object.entries(typed).map(([name, value]) => ({ name, value: typedAs(params[name], value) }));
  const wrong = new Set(given.filter((g) => g.value === undefined).map((g) => g.name));
  const changed = Object.fromEntries(given.flatMap((g) => (g.value && canonical(g.value.value) !== canonical(params[g.name]) ? [[g.name, g.value.value]] : [])));
  const names = Object.keys(changed);
  async function submit(key: string) {
    if (!call) throw new Error('The call is not shown any more. Reveal it again.');
    const { ingestPublicKey } = await artifactOf(artifactDigest);
    const body = await correct({ tenant: scope.tenant, run: gate.run, gate: gate.gate, callDigest: gate.callDigest }, call, changed, ingestPublicKey);
    const assertion = gate.signature ? await sign([{ run: gate.run, gate: gate.gate, callDigest: body.correctedDigest }]) : undefined;
    await send('POST', `/v1/runs/${encodeURIComponent(gate.run)}/gates/${encodeURIComponent(gate.gate)}/corrections`, { ...body, channel: 'API', ...(assertion ? { assertion } : {}) }, key);
    return body.correctedDigest;
  }
  return (
    <Dialog
      title="Correct the call"
      className="wide"
      onClose={onClose}
      foot={
        <>
          <button type="button" className="button" onClick={onClose}>Leave it as it is</button>
          <button type="button" className="button primary" disabled={busy || names.length === 0 || wrong.size > 0} onClick={() => void act(submit, 'Corrected. A worker makes the new call, and policy decides anew.').then((digest) => digest && onDone(digest))}>
            {gate.signature ? 'Sign and correct' : 'Correct'} {names.length === 0 ? '…' : names.join(', ')}
          </button>
        </>
      }
    >
      <p className="soft">The call that you were shown will not be made. A new one takes its place, with a digest of its own: policy decides about it anew, and it is asked for again. Your correction counts as your approval of exactly that call, unless policy wants somebody else.</p>
      <div className="table-wrap">
        <table className="table">
          <thead><tr><th>Field</th><th style={{ width: '45%' }}>Your correction</th><th>What it changes</th></tr></thead>
          <tbody>
            {Object.entries(params).map(([name, value]) => {
              const now = typed[name] ?? text(value);
              return (
                <tr key={name}>
                  <td>{name}</td>
                  <td>
                    {text(value).length > 60 || typeof value === 'object' ? (
                      <textarea className={typeof value === 'object' ? 'input mono' : 'input'} style={{ width: '100%' }} rows={3} aria-label={name} aria-invalid={wrong.has(name)} value={now} onChange={(e) => setTyped({ ...typed, [name]: e.target.value })} />
                    ) : (
                      <input className="input" style={{ width: '100%' }} aria-label={name} aria-invalid={wrong.has(name)} value={now} onChange={(e) => setTyped({ ...typed, [name]: e.target.value })} />
                    )}
                    {wrong.has(name) && <p className="small fail tone-text">It must stay a {typeof value === 'object' ? 'JSON value' : typeof value}.</p>}
                  </td>
                  <td>{name in changed ? <><Before before={text(value)} after={text(changed[name])} /> <span aria-hidden>→</span> <After before={text(value)} after={text(changed[name])} /></> : <span className="muted">nothing</span>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="small muted">The new values are sealed in this browser to the worker; this server learns only which fields were corrected.</p>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
