import { useQuery } from '@tanstack/react-query';
import { read, told } from '../lib/api';
import { Link } from '../lib/router';
import { Chip, Facts, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { ApiKeys } from './api-keys';
import { People } from './people';
import { Places } from './places';

/** What is where, who may do what, who said so, and when. */
export default function TenantPage({ scope }: { scope: Scope }) {
  const tenant = useQuery({ queryKey: ['tenant', scope.tenant], queryFn: () => told(read.GET('/v1/tenants/{tenant}', { params: { path: { tenant: scope.tenant } } })) });
  return (
    <>
      <div className="page-head"><div><h1>Tenant</h1><p>What policy knows of people here. Who somebody is, and the roles in his token, come from the identity provider.</p></div></div>
      <section className="card">
        {tenant.isPending ? <Skeleton rows={3} /> : tenant.isError ? <Trouble failure={tenant.error} /> : (
          <Facts
            of={[
              ['Tenant', <span key="t" className="row"><code>{tenant.data.tenant}</code> <Chip tone={tenant.data.status === 'ACTIVE' ? 'pass' : 'gate'}>{tenant.data.status.toLowerCase()}</Chip></span>],
              ['Region', `${tenant.data.region} (fixed), cell ${tenant.data.cell}`],
              ['Since', <Time key="s" at={tenant.data.createdAt} />],
              ['Workspaces', <span key="w" className="row">{tenant.data.workspaces.map((w) => <Link key={w.workspace} to={`/t/${encodeURIComponent(scope.tenant)}/w/${encodeURIComponent(w.workspace)}`}>{w.workspace}</Link>)}</span>],
            ]}
          />
        )}
      </section>
      <Places scope={scope} />
      <People scope={scope} />
      <ApiKeys scope={scope} />
    </>
  );
}
