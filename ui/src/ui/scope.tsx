import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { read, told } from '../lib/api';
import { usePlace } from '../lib/router';
import type { Who } from '../lib/session';
import { useWho } from '../lib/who';
import { Skeleton, Trouble } from './parts';

/** Whose data the page shows. */
export type Scope = {
  tenant: string;
  workspace: string;
  workspaces: string[];
  region: string;
  name: string;
  who: Who;
  /** An address in this workspace. */
  at: (rest?: string) => string;
  can: (...roles: string[]) => boolean;
};

/** Opaque ids have no names; eight characters tell tenants apart. */
export function shortId(id: string): string {
  return id.length > 14 ? id.slice(0, 8) : id;
}

export function landing(who: Who): string {
  return `/t/${who.tenant}`;
}

export function WorkspaceGate({ children }: { children: (scope: Scope) => ReactNode }) {
  const who = useWho();
  const { path } = usePlace();
  const tenant = who?.tenant ?? '';
  const asked = useQuery({
    queryKey: ['tenant', tenant],
    queryFn: () => told(read.GET('/v1/tenants/{tenant}', { params: { path: { tenant } } })),
    enabled: tenant !== '',
    staleTime: 60_000,
  });
  if (!who) return null;
  const wanted = path[0] === 't' && path[1] === tenant && path[2] === 'w' ? path[3] : undefined;
  // An address that names a workspace is believed until the tenant is known, so that the page can ask at once; whoever may
  // not see it is told by each answer anyway.
  const early = asked.isPending && wanted !== undefined ? { workspaces: [{ workspace: wanted }], region: '' } : undefined;
  if (asked.isPending && !early) return <main className="page" id="page"><Skeleton /></main>;
  if (asked.isError) return <main className="page" id="page"><h1>AI Rails</h1><Trouble failure={asked.error} again={() => void asked.refetch()} /></main>;
  const known = early ?? asked.data;
  if (!known) return null;
  const workspaces = known.workspaces.map((w) => w.workspace);
  const workspace = wanted && workspaces.includes(wanted) ? wanted : (workspaces[0] ?? '_tenant');
  const scope: Scope = {
    tenant,
    workspace,
    workspaces,
    region: known.region,
    name: shortId(tenant),
    who,
    at: (rest = '') => `/t/${encodeURIComponent(tenant)}/w/${encodeURIComponent(workspace)}${rest ? `/${rest}` : ''}`,
    can: (...roles) => roles.some((role) => who.roles.includes(role)),
  };
  return <>{children(scope)}</>;
}
