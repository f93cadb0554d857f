import { useQuery, useQueryClient } from '@tanstack/react-query';
import { read, told } from '../lib/api';
import { go } from '../lib/router';
import type { Scope } from '../ui/scope';

const asked = (run: string, from: { workspace?: string; atLeast?: number } = {}) => ({
  queryKey: ['run', run],
  queryFn: () => told(read.GET('/v1/runs/{run}', { params: { path: { run }, query: from } })),
});

/** A run as its own page has it. */
export function useRun(run: string) {
  return useQuery(asked(run));
}

/** Opens the page of a run that was just started, once the views have it: they follow the log. */
export function useOpenRun(scope: Scope) {
  const queries = useQueryClient();
  return async (started: unknown) => {
    const { run, position } = (started ?? {}) as { run?: string; position?: number };
    if (!run) return;
    const seen = asked(run, position === undefined ? {} : { workspace: scope.workspace, atLeast: position });
    await queries.fetchQuery({ ...seen, retry: 5 }).catch(() => {});
    go(scope.at(`runs/${run}`));
  };
}
