import { useQuery } from '@tanstack/react-query';
import { read, told, type Schemas } from '../lib/api';
import type { Scope } from '../ui/scope';

type Worker = Schemas['Workers']['items'][number];

/** The workers of a workspace, as pages that only mention them need them. */
export function useWorkers(scope: Scope, enabled = true) {
  return useQuery({ enabled, queryKey: ['workers', scope.tenant, scope.workspace, 'all'], staleTime: 30_000, queryFn: () => told(read.GET('/v1/workers', { params: { query: { workspace: scope.workspace } } })).then((page): Worker[] => page.items) });
}

/** What was last said of each worker's attestation: worker to verdict. The quotes themselves are checked elsewhere. */
export function useVerdicts(scope: Scope): Map<string, string> | undefined {
  return verdictsOf(useWorkers(scope).data);
}

export function verdictsOf(workers: Worker[] | undefined): Map<string, string> | undefined {
  return workers && new Map(workers.flatMap((w) => (w.verdict ? [[w.worker, w.verdict]] : [])));
}

/** In one word, for people: what hardware stands for a verdict. */
export function standing(verdict: string | undefined): string {
  if (!verdict) return 'not attested';
  return verdict === 'VERIFIED' ? 'verified' : 'simulated, no hardware';
}
