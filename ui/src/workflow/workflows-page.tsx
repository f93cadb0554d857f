import { useQuery } from '@tanstack/react-query';
import { everything, read, told, type Schemas } from '../lib/api';
import { Link } from '../lib/router';
import { Chip, Empty, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

type Version = Schemas['VersionPage']['items'][number];

export function useVersions(scope: Scope) {
  return useQuery({
    queryKey: ['versions', scope.workspace],
    queryFn: () => everything((cursor) => told(read.GET('/v1/workflows', { params: { query: { workspace: scope.workspace, limit: 200, ...(cursor ? { cursor } : {}) } } }))),
  });
}

/** Where each version runs: the last word about each environment counts. */
export function useActive(scope: Scope) {
  return useQuery({
    queryKey: ['active', scope.workspace],
    queryFn: async () => {
      const page = await told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: scope.workspace }, query: { limit: 200, newestFirst: true, types: 'WORKFLOW_ACTIVATED,WORKFLOW_DEACTIVATED' } } }));
      const seen = new Set<string>();
      const active = new Map<string, string[]>();
      for (const entry of page.items) {
        const e = entry.event as { workflow: string; environment: string; version?: string };
        const place = `${e.workflow}\n${e.environment}`;
        if (seen.has(place)) continue;
        seen.add(place);
        if (entry.entryType === 'WORKFLOW_ACTIVATED') active.set(`${e.workflow}\n${e.version}`, [...(active.get(`${e.workflow}\n${e.version}`) ?? []), e.environment]);
      }
      return active;
    },
  });
}

export default function WorkflowsPage({ scope }: { scope: Scope }) {
  const versions = useVersions(scope);
  const active = useActive(scope);
  const byWorkflow = new Map<string, Version[]>();
  for (const v of versions.data ?? []) byWorkflow.set(v.workflow, [...(byWorkflow.get(v.workflow) ?? []), v]);
  return (
    <>
      <div className="page-head">
        <div><h1>Workflows</h1><p>Published versions never change: each is compiled, signed, and named by its digest. Runs stay on the version that they began with.</p></div>
      </div>
      {versions.isPending ? <Skeleton /> : versions.isError ? <Trouble failure={versions.error} again={() => void versions.refetch()} /> : byWorkflow.size === 0 ? (
        <div className="card"><Empty title="No workflow is published">Builders publish with <code>rails workflow publish FILE</code>; it appears here.</Empty></div>
      ) : (
        [...byWorkflow].map(([workflow, list]) => (
          <section key={workflow} className="card table-wrap" aria-label={workflow}>
            <div className="row between" style={{ padding: '14px 16px 4px' }}>
              <h2><Link to={scope.at(`workflows/${workflow}`)}>{workflow}</Link></h2>
              <div className="row">
                <Link className="button small" to={scope.at(`runs?workflow=${workflow}`)}>Runs</Link>
                {scope.can('builder', 'operator') && <Link className="button small primary" to={scope.at(`workflows/${workflow}/start`)}>Start a run</Link>}
              </div>
            </div>
            <table className="table">
              <thead><tr><th>Version</th><th>Runs in</th><th>Author</th><th>Published</th><th>Artifact</th></tr></thead>
              <tbody>
                {[...list].reverse().map((v) => (
                  <tr key={v.version}>
                    <td><Link to={scope.at(`workflows/${workflow}/v/${v.version}`)}><b>v{v.version}</b></Link></td>
                    <td>
                      {v.refusedReason ? <Chip tone="fail">Refused: {v.refusedReason.toLowerCase().replaceAll('_', ' ')}</Chip> : (active.data?.get(`${workflow}\n${v.version}`) ?? []).length > 0 ? (
                        <span className="row">{active.data?.get(`${workflow}\n${v.version}`)?.map((e) => <Chip key={e} tone="pass">{e}</Chip>)}</span>
                      ) : <span className="muted">nowhere</span>}
                    </td>
                    <td>{v.author}</td>
                    <td><Time at={v.publishedAt} /></td>
                    <td><Hash value={v.artifactDigest} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        ))
      )}
    </>
  );
}
