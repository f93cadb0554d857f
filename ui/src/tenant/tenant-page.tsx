import { useQuery } from '@tanstack/react-query';
import { everything, read, told } from '../lib/api';
import { age, useNow } from '../lib/time';
import { Empty, Facts, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

const ROLES = ['builder', 'operator', 'approver', 'auditor', 'admin', 'privacy'];

/** Who may do what, who said so, and when. */
export default function TenantPage({ scope }: { scope: Scope }) {
  const now = useNow(30_000);
  const tenant = useQuery({ queryKey: ['tenant', scope.tenant], queryFn: () => told(read.GET('/v1/tenants/{tenant}', { params: { path: { tenant: scope.tenant } } })) });
  const roles = useQuery({ queryKey: ['roles', scope.tenant], queryFn: () => everything((cursor) => told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: '_tenant' }, query: { limit: 200, types: 'ROLES_SET', ...(cursor ? { cursor } : {}) } } }))) });
  const people = new Map<string, { roles: string[]; by: string; at: number }>();
  for (const e of roles.data ?? []) {
    const event = e.event as { subject?: string; roles?: string[] };
    if (event.subject) people.set(event.subject, { roles: event.roles ?? [], by: (e.header as { actor?: { id?: string } }).actor?.id ?? '', at: e.recordedAt });
  }
  return (
    <>
      <div className="page-head"><div><h1>Tenant</h1><p>What policy knows of people here. Who somebody is, and the roles in his token, come from the identity provider.</p></div></div>
      <section className="card">
        {tenant.isPending ? <Skeleton rows={3} /> : tenant.isError ? <Trouble failure={tenant.error} /> : (
          <Facts of={[['Tenant', <code key="t">{tenant.data.tenant}</code>], ['Region', `${tenant.data.region} (fixed), cell ${tenant.data.cell}`], ['State', tenant.data.status.toLowerCase()], ['Since', <Time key="s" at={tenant.data.createdAt} />], ['Workspaces', tenant.data.workspaces.map((w) => w.workspace).join(', ')]]} />
        )}
      </section>
      <section className="card table-wrap">
        <h2 style={{ padding: '14px 16px 4px' }}>People</h2>
        {roles.isPending ? <div style={{ padding: 16 }}><Skeleton /></div> : roles.isError ? <Trouble failure={roles.error} again={() => void roles.refetch()} /> : people.size === 0 ? <Empty title="Nobody has a role yet">Admins set them with <code>rails tenant</code> or the API.</Empty> : (
          <table className="table">
            <thead><tr><th>Person</th>{ROLES.map((r) => <th key={r}>{r.charAt(0).toUpperCase() + r.slice(1)}</th>)}<th>Given by</th><th>When</th></tr></thead>
            <tbody>
              {[...people].map(([subject, p]) => (
                <tr key={subject}>
                  <td><b>{subject}</b>{subject === scope.who.subject && <span className="muted"> (you)</span>}</td>
                  {ROLES.map((r) => <td key={r}>{p.roles.includes(r) ? <span className="pass tone-text">● <span className="visually-hidden">yes</span></span> : <span className="muted">–<span className="visually-hidden">no</span></span>}</td>)}
                  <td>{p.by}</td>
                  <td><Time at={p.at} /> <span className="muted small">{age(now - p.at)} ago</span></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  );
}
