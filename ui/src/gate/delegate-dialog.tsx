import { useState } from 'react';
import { told, write } from '../lib/api';
import { clock } from '../lib/time';
import { useAct } from '../run/actions';
import { Dialog, Trouble } from '../ui/parts';

const HOURS = [[4, '4 hours'], [24, 'a day'], [168, 'a week'], [720, '30 days']] as const;

/** Hands one's say to another person: about one gate, or about all for a time. */
export function Delegate({ gate, onClose }: { gate?: { run: string; gate: string; title: string; expiresAt: number; not: string[] }; onClose: () => void }) {
  const [to, setTo] = useState('');
  const [hours, setHours] = useState(24);
  const { act, busy, failure } = useAct();
  const no = gate?.not.includes(to) ? 'He requested it, or wrote the workflow, so he may not decide it.' : undefined;
  const valid = /^[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,127}$/.test(to) && !no;
  return (
    <Dialog
      title={gate ? `Hand your say about ${gate.title} to somebody` : 'Hand your say to somebody for a time'}
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Keep it</button>
        <button type="button" className="button primary" disabled={busy || !valid} onClick={() => void act((key) => told(write.POST('/v1/delegations', { params: { header: { 'Idempotency-Key': key } }, body: { to, until: gate ? gate.expiresAt : clock.now() + hours * 3_600_000, ...(gate ? { run: gate.run, gate: gate.gate } : {}) } })), `${to} may decide for you.`).then((done) => done && onClose())}>Hand it to {to || '…'}</button>
      </>}
    >
      <p className="soft">{gate ? 'About this one request only.' : 'About every request that you could decide.'} It is not handed on, the record names you both, and you can take it back.</p>
      <label className="field">Person<input className="input" value={to} autoFocus onChange={(e) => setTo(e.target.value.trim())} aria-invalid={to !== '' && !valid} placeholder="p-approver-2" /></label>
      {!gate && (
        <label className="field">For
          <select className="input" value={hours} onChange={(e) => setHours(Number(e.target.value))}>{HOURS.map(([n, word]) => <option key={n} value={n}>{word}</option>)}</select>
        </label>
      )}
      {no && <p className="small fail tone-text">{no}</p>}
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
