import { useQuery } from '@tanstack/react-query';
import { read, told } from '../lib/api';

/** A run as its own page has it. */
export function useRun(run: string) {
  return useQuery({
    queryKey: ['run', run],
    queryFn: () => told(read.GET('/v1/runs/{run}', { params: { path: { run } } })),
  });
}
