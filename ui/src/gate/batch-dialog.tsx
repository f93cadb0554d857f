import { KeyRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { intent, told, write } from '../lib/api';
import type { components } from '../api/write';
import { useAct } from '../run/actions';
import { Chip, Dialog, Hash, Trouble } from '../ui/parts';
import { sign } from './passkey';
import { short, type Gate } from './say';

type Decided = components['schemas']['GatesDecided'];

/** The same question about several things, answered at once: each by its digest, each an entry of its own run. */
export function BatchDialog({ gates, onClose }: { gates: Gate[]; onClose: (done: boolean) => void }) {
  const [list] = useState(gates);
  const { act, busy, failure } = useAct();
  const [sure, setSure] = useState(false);
  const [done, setDone] = useState<Decided>();
  const items = list.map((g) => ({ run: g.run, gate: g.gate, callDigest: g.callDigest }));
  const signed = list.some((g) => g.signature);
  const decide = (verdict: 'APPROVE' | 'DENY') =>
    void act(async () => {
      const assertion = verdict === 'APPROVE' && signed ? await sign(items) : undefined;
      return told(write.POST('/v1/gate-decisions', { params: { header: { 'Idempotency-Key': intent() } }, body: { verdict, items, channel: 'API', ...(assertion ? { assertion } : {}) } }));
    }, verdict === 'APPROVE' ? 'Approved, as far as said.' : 'Denied, as far as said.').then((d) => d && setDone(d as Decided));
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !busy && !done) {
        e.preventDefault();
        decide('APPROVE');
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });
  const first = list[0];
  return (
    <Dialog
      title={done ? `${done.decided} of ${list.length} decided` : `${first?.forStep} in ${first?.workflow}, ${list.length} calls`}
      className="wide"
      onClose={() => onClose(done !== undefined)}
      foot={done ? <button type="button" className="button primary" onClick={() => onClose(true)}>Close</button> : <>
        <button type="button" className="button" onClick={() => onClose(false)}>Leave it</button>
        {sure ? <button type="button" className="button danger" disabled={busy} onClick={() => decide('DENY')}>Deny all {list.length}: nothing is sent</button> : <button type="button" className="button" disabled={busy} onClick={() => setSure(true)}>Deny…</button>}
        <button type="button" className="button primary" disabled={busy} onClick={() => decide('APPROVE')}>{signed && <KeyRound className="icon" aria-hidden />} Approve these {list.length} <kbd>Ctrl ↵</kbd></button>
      </>}
    >
      <p className="soft">{done ? 'One that was refused does not hold up the others.' : `You decide about exactly these digests${signed ? ', with one signature over the list' : ''}. Sealed arguments were not shown: open one to reveal it.`}</p>
      <div className="table-wrap">
        <table className="table">
          <thead><tr><th>Ticket</th><th>Disclosed</th><th>Call</th>{done && <th>What became of it</th>}</tr></thead>
          <tbody>
            {list.map((g) => {
              const result = done?.items.find((i) => i.run === g.run && i.gate === g.gate);
              return (
                <tr key={`${g.run}/${g.gate}`}>
                  <td><b>{g.externalId || g.run.slice(0, 8)}</b></td>
                  <td className="small">{Object.entries(g.display).map(([k, v]) => `${k} ${short(v)}`).join(', ')}</td>
                  <td><Hash value={g.callDigest} /></td>
                  {done && <td>{result?.decided ? <Chip tone="pass">decided</Chip> : <><Chip tone="fail">{result?.code ?? 'refused'}</Chip> <span className="small">{result?.detail}</span></>}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
