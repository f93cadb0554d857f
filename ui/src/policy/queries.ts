import { useQuery } from '@tanstack/react-query';
import { raw, read, told } from '../lib/api';
import type { Scope } from '../ui/scope';
import type { TenantData } from './lint';
import type { Report } from './report';

// What the policy pages ask for. The server describes these answers in words only (docs/policy.md), so their shapes are here.

export type Draft = { draft: string; author: string; contentSha256: string; state: 'OPEN' | 'PUBLISHED' | 'REJECTED'; data?: TenantData };
export type Simulated = { simulation: string; candidateSha256: string; changed: number; decisions: number; reproduced: boolean; by: string; at: number; position: number };

const json = <T>(path: string) => raw(path).then((r) => r.json() as Promise<T>);

export const mayRead = (scope: Scope) => scope.can('admin', 'auditor', 'builder');

export function useData(scope: Scope) {
  return useQuery({ queryKey: ['policy', scope.tenant, 'data'], enabled: mayRead(scope), queryFn: () => json<{ contentSha256: string; data: TenantData }>('/policy/v1/data') });
}
export function useDrafts(scope: Scope) {
  return useQuery({ queryKey: ['policy', scope.tenant, 'drafts'], enabled: mayRead(scope), queryFn: () => json<{ items: Draft[] }>('/policy/v1/drafts').then((p) => p.items) });
}
export function useDraft(id: string) {
  return useQuery({ queryKey: ['policy', 'draft', id], queryFn: () => json<Draft & { data: TenantData }>(`/policy/v1/drafts/${encodeURIComponent(id)}`) });
}
export function useReport(id: string | undefined) {
  return useQuery({ queryKey: ['policy', 'simulation', id], enabled: id !== undefined, staleTime: Infinity, queryFn: () => json<Report>(`/policy/v1/simulations/${encodeURIComponent(id ?? '')}`) });
}
export function usePauses(scope: Scope, enabled = true) {
  return useQuery({ enabled, queryKey: ['policy', scope.tenant, 'pauses'], queryFn: () => json<{ pauses: Record<string, Record<string, string>> }>('/policy/v1/pauses').then((p) => p.pauses) });
}

/** Simulations that were noted in the tenant's log, the newest first. */
export function useSimulations(scope: Scope) {
  return useQuery({
    queryKey: ['policy', scope.tenant, 'simulated'],
    queryFn: async (): Promise<Simulated[]> => {
      const page = await told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: '_tenant' }, query: { limit: 50, newestFirst: true, types: 'POLICY_SIMULATED' } } }));
      return page.items.map((e) => ({ ...(e.event as unknown as Omit<Simulated, 'at' | 'position'>), at: e.recordedAt, position: e.position }));
    },
  });
}
