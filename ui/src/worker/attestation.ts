import { useQuery } from '@tanstack/react-query';
import { read, told } from '../lib/api';
import type { Scope } from '../ui/scope';

/** What was last said of each worker's attestation: worker to verdict. The quotes themselves are checked elsewhere. */
export function useVerdicts(scope: Scope): Map<string, string> | undefined {
  return useQuery({
    queryKey: ['workers', scope.tenant, scope.workspace, 'verdicts'],
    staleTime: 30_000,
    queryFn: async () => {
      const page = await told(read.GET('/v1/workers', { params: { query: { workspace: scope.workspace } } }));
      const verdicts = new Map<string, string>();
      for (const w of page.items) if (w.verdict) verdicts.set(w.worker, w.verdict);
      return verdicts;
    },
  }).data;
}

/** In one word, for people: what hardware stands for a verdict. */
export function standing(verdict: string | undefined): string {
  if (!verdict) return 'not attested';
  return verdict === 'VERIFIED' ? 'verified' : 'simulated, no hardware';
}
