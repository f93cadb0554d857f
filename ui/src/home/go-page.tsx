import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { read, told } from '../lib/api';
import { go, Link } from '../lib/router';
import { Empty, Skeleton, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

/** One address for everything: it finds out what is meant and goes there. */
export default function GoPage({ scope, what }: { scope: Scope; what: string }) {
  const asked = useQuery({ queryKey: ['go', scope.workspace, what], queryFn: () => place(scope, what.trim()), retry: false });
  useEffect(() => {
    if (asked.data) go(asked.data, { replace: true });
  }, [asked.data]);
  if (asked.isError) return <Trouble failure={asked.error} again={() => void asked.refetch()} />;
  if (asked.isPending || asked.data) return <Skeleton rows={3} />;
  return (
    <Empty title="Nothing here is called that" action={<Link className="button primary" to={scope.at('runs')}>Runs</Link>}>
      Looked among the tickets, runs, positions, calls, versions and leaves of this workspace.
    </Empty>
  );
}

async function place(scope: Scope, what: string): Promise<string | null> {
  if (/^#?\d{1,12}$/.test(what)) return scope.at(`proof/leaf/${what.replace('#', '')}`);
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(what)) return scope.at(`runs/${what.toLowerCase()}`);
  const bare = what.replace(/^sha256:/, '').toLowerCase();
  if (/^[0-9a-f]{8,64}$/.test(bare)) {
    const gates = await told(read.GET('/v1/gates', { params: { query: { workspace: scope.workspace, limit: 200 } } }));
    const gate = gates.items.find((g) => g.callDigest.replace('sha256:', '').startsWith(bare));
    if (gate) return scope.at(`approvals/${gate.run}/${gate.gate}`);
    const entries = await told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: scope.workspace }, query: { limit: 2, hash: bare } } }));
    const entry = entries.items[0];
    if (entry) return scope.at(`proof/leaf/${entry.position}`);
    const runs = await told(read.GET('/v1/runs', { params: { query: { workspace: scope.workspace, hash: bare, limit: 1 } } }));
    if (runs.items.length > 0) return scope.at(`runs?hash=${bare}`);
    return null;
  }
  const runs = await told(read.GET('/v1/runs', { params: { query: { workspace: scope.workspace, externalId: what, limit: 2 } } }));
  const only = runs.items.length === 1 ? runs.items[0] : undefined;
  if (only) return scope.at(`runs/${only.run}`);
  return runs.items.length > 1 ? scope.at(`runs?q=${encodeURIComponent(what)}`) : null;
}
