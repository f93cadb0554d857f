import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { raw, told, write } from '../lib/api';
import { clock } from '../lib/time';
import { useAct } from '../run/actions';
import { Chip, Dialog, Empty, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { ROLES } from './people';

type Key = { key: string; subject: string; roles: string[]; expiresAt: string; issuedBy: string; issuedAt: string; revokedAt?: string; lastUsedAt?: string };
const DAY = 86_400_000;

/** How programs get in; a key does what its subject may do at that moment and the key allows. */
export function ApiKeys({ scope }: { scope: Scope }) {
  const asked = useQuery({ queryKey: ['keys', scope.tenant], enabled: scope.can('admin', 'auditor'), queryFn: () => raw('/access/v1/api-keys').then((r) => r.json() as Promise<{ items: Key[] }>).then((p) => p.items) });
  const [issuing, setIssuing] = useState(false);
  const { act, busy, failure } = useAct();
  if (!scope.can('admin', 'auditor')) return null;
  const now = clock.now();
  return (
    <section className="card table-wrap">
      <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>Keys of programs</h2>{scope.can('admin') && <button type="button" className="button small" onClick={() => setIssuing(true)}>Issue a key…</button>}</div>
      {asked.isPending ? <div style={{ padding: 16 }}><Skeleton rows={2} /></div> : asked.isError ? <Trouble failure={asked.error} again={() => void asked.refetch()} /> : asked.data.length === 0 ? <Empty title="No program has a key" /> : (
        <table className="table">
          <thead><tr><th>Key</th><th>Acts for</th><th>Roles</th><th>Good until</th><th>Last used</th><th className="right"><span className="visually-hidden">Take back</span></th></tr></thead>
          <tbody>
            {asked.data.map((k) => {
              const until = Date.parse(k.expiresAt);
              return (
                <tr key={k.key}>
                  <td><code>{k.key}</code></td>
                  <td><b>{k.subject}</b></td>
                  <td>{k.roles.join(', ')}</td>
                  <td>{k.revokedAt ? <Chip tone="fail">taken back</Chip> : until < now ? <Chip tone="open">over</Chip> : <><Time at={until} /> {until - now < 7 * DAY && <Chip tone="gate">rotate it soon</Chip>}</>}</td>
                  <td>{k.lastUsedAt ? <Time at={Date.parse(k.lastUsedAt)} /> : <span className="muted">never</span>}</td>
                  <td className="right">{scope.can('admin') && !k.revokedAt && until > now && <button type="button" className="button small" disabled={busy} onClick={() => void act(() => told(write.DELETE('/v1/api-keys/{key}', { params: { path: { key: k.key } } })), 'Taken back: it opens nothing any more.')}>Take back</button>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {failure !== undefined && <Trouble failure={failure} />}
      {issuing && <Issue onClose={() => setIssuing(false)} />}
    </section>
  );
}

function Issue({ onClose }: { onClose: () => void }) {
  const [subject, setSubject] = useState('');
  const [role, setRole] = useState('operator');
  const [days, setDays] = useState(30);
  const [secret, setSecret] = useState<string>();
  const { act, busy, failure } = useAct();
  if (secret) {
    return (
      <Dialog title="The key, once" onClose={onClose} foot={<button type="button" className="button primary" onClick={onClose}>I have kept it</button>}>
        <p className="soft">It is shown here and nowhere else, never again. Copy it to where the program reads it.</p>
        <Hash value={secret} full />
      </Dialog>
    );
  }
  return (
    <Dialog
      title="Issue a key"
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Leave it</button>
        <button type="button" className="button primary" disabled={busy || subject === ''} onClick={() => void act((key) => told(write.POST('/v1/api-keys', { params: { header: { 'Idempotency-Key': key } }, body: { subject, roles: [role], days } })), 'The key was issued.').then((d) => d && setSecret((d as unknown as { secret: string }).secret))}>Issue it for {days} days</button>
      </>}
    >
      <label className="field">Acts for<input className="input" value={subject} autoFocus onChange={(e) => setSubject(e.target.value.trim())} placeholder="a person or service that has the role" /></label>
      <div className="row">
        <label className="field">As<select className="input" value={role} onChange={(e) => setRole(e.target.value)}>{ROLES.filter((r) => r !== 'admin' && r !== 'approver').map((r) => <option key={r}>{r}</option>)}</select></label>
        <label className="field">Days, at most 90<input className="input" type="number" min={1} max={90} value={days} onChange={(e) => setDays(Math.min(90, Math.max(1, Number(e.target.value))))} /></label>
      </div>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
