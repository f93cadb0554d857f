import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { told, write } from '../lib/api';
import { Delegate } from '../gate/delegate-dialog';
import { Delegations } from '../gate/delegations';
import { register } from '../gate/passkey';
import { useAct } from '../run/actions';
import { Chip, Dialog, Empty, Facts, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

/** What is mine: roles, passkeys, and whose say I have. */
export default function AccountPage({ scope }: { scope: Scope }) {
  const [asking, setAsking] = useState<'PASSKEY' | 'DELEGATE'>();
  return (
    <>
      <div className="page-head"><div><h1>{scope.who.subject}</h1><p>Your roles here, and how you sign what needs a signature.</p></div></div>
      <section className="card"><Facts of={[['Tenant', <code key="t">{scope.tenant}</code>], ['Roles', scope.who.roles.join(', ') || 'none'], ['Session', 'ends when this tab is closed; tokens are in its memory only']]} /></section>
      <Passkeys scope={scope} onNew={() => setAsking('PASSKEY')} />
      <Delegations scope={scope} onNew={() => setAsking('DELEGATE')} />
      {asking === 'PASSKEY' && <NewPasskey onClose={() => setAsking(undefined)} />}
      {asking === 'DELEGATE' && <Delegate onClose={() => setAsking(undefined)} />}
    </>
  );
}

function Passkeys({ scope, onNew }: { scope: Scope; onNew: () => void }) {
  const asked = useQuery({ queryKey: ['passkeys', scope.tenant], queryFn: () => told(write.GET('/access/v1/passkeys', {})) });
  const { act, busy, failure } = useAct();
  const decide = (passkey: string, approve: boolean) => void act((key) => told(write.POST('/v1/passkeys/{passkey}/decision', { params: { path: { passkey }, header: { 'Idempotency-Key': key } }, body: { approve } })), approve ? 'It counts from now on.' : 'Refused.');
  return (
    <section className="card">
      <div className="card-head"><h2>Passkeys</h2><button type="button" className="button primary" onClick={onNew}><KeyRound className="icon" aria-hidden /> Register one…</button></div>
      {asked.isPending ? <Skeleton rows={2} /> : asked.isError ? <Trouble failure={asked.error} again={() => void asked.refetch()} /> : asked.data.items.length === 0 ? <Empty title="No passkey yet">Where policy asks for a signature, approving needs one: your fingerprint or security key signs exactly the call that you saw.</Empty> : (
        <div className="table-wrap"><table className="table">
          <thead><tr><th>Of</th><th>Called</th><th>State</th><th>Kept</th><th>Registered</th><th>Last used</th><th className="right"><span className="visually-hidden">What one can do</span></th></tr></thead>
          <tbody>
            {asked.data.items.map((p) => (
              <tr key={p.passkey}>
                <td><b>{p.subject}</b>{p.subject === scope.who.subject && <span className="muted"> (you)</span>}</td>
                <td>{p.label ?? <span className="muted">no name</span>}</td>
                <td>{p.state === 'ACTIVE' ? <Chip tone="pass">counts</Chip> : <Chip tone="gate">an admin has to accept it</Chip>}</td>
                <td>{p.deviceBound ? 'in the device only' : 'in a synced account'}</td>
                <td><Time at={p.createdAt} /></td>
                <td>{p.lastUsedAt ? <Time at={p.lastUsedAt} /> : <span className="muted">never</span>}</td>
                <td className="right">
                  <span className="row" style={{ justifyContent: 'flex-end' }}>
                    {p.state === 'PENDING' && scope.can('admin') && p.subject !== scope.who.subject && <><button type="button" className="button small" disabled={busy} onClick={() => decide(p.passkey, false)}>Refuse</button><button type="button" className="button small primary" disabled={busy} onClick={() => decide(p.passkey, true)}>Accept</button></>}
                    {(p.subject === scope.who.subject || scope.can('admin')) && <button type="button" className="button small" disabled={busy} onClick={() => void act(() => told(write.DELETE('/v1/passkeys/{passkey}', { params: { path: { passkey: p.passkey } } })), 'It signs nothing more.')}>Remove</button>}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table></div>
      )}
      {failure !== undefined && <Trouble failure={failure} />}
    </section>
  );
}

function NewPasskey({ onClose }: { onClose: () => void }) {
  const [label, setLabel] = useState('');
  const { act, busy, failure } = useAct();
  return (
    <Dialog
      title="Register a passkey"
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Not now</button>
        <button type="button" className="button primary" disabled={busy} onClick={() => void act(() => register(label.trim()), 'The passkey was registered.').then((done) => done && onClose())}>{busy ? 'Touch it now' : 'Make it'}</button>
      </>}
    >
      <p className="soft">Your device or security key makes it and keeps it. This server gets its public half only.</p>
      <label className="field">What you call it, for example Laptop<input className="input" value={label} maxLength={40} autoFocus onChange={(e) => setLabel(e.target.value)} /></label>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
