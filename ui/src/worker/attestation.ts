import { useQuery } from '@tanstack/react-query';
import { read, told } from '../lib/api';
import type { Scope } from '../ui/scope';

/** What the ledger last said of each worker's attestation: worker to verdict. The quotes themselves are checked elsewhere. */
export function useVerdicts(scope: Scope): Map<string, string> | undefined {
  return useQuery({
    queryKey: ['workers', scope.tenant, 'verdicts'],
    staleTime: 30_000,
    queryFn: async () => {
      const page = await told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: '_tenant' }, query: { limit: 200, newestFirst: true, types: 'ATTESTATION_VERIFIED' } } }));
      const verdicts = new Map<string, string>();
      for (const entry of page.items) {
        const e = entry.event as { worker?: string; verdict?: string };
        if (e.worker && e.verdict && !verdicts.has(e.worker)) verdicts.set(e.worker, e.verdict);
      }
      return verdicts;
    },
  }).data;
}

/** In one word, for people: what hardware stands for a verdict. */
export function standing(verdict: string | undefined): string {
  if (!verdict) return 'not attested';
  return verdict === 'DEVELOPMENT' ? 'development, nothing attested' : verdict.toLowerCase().replaceAll('_', ' ');
}
