import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Schemas } from '../lib/api';
import { span } from '../lib/time';
import { Skeleton } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { artifactOf, stepsOf } from '../workflow/artifact';
import { Graph, type GraphNode } from '../workflow/graph';
import { WHY, type Timeline } from './timeline';

/** The workflow as a graph; its nodes wear what the time line says. */
export default function GraphView({ run, line }: { scope: Scope; run: Schemas['RunDetail']; line: Timeline }) {
  const artifact = useQuery({ queryKey: ['artifact', run.artifactDigest], queryFn: () => artifactOf(run.artifactDigest), staleTime: Infinity });
  const nodes = useMemo((): GraphNode[] => {
    const declared = artifact.data ? stepsOf(artifact.data.artifact) : [];
    const known = new Map(line.rows.map((r) => [r.step, r]));
    const all = declared.length > 0 ? declared : line.rows.filter((r) => !['trigger', 'end', 'run'].includes(r.step)).map((r, i, rows) => ({ id: r.step, kind: r.kind as string, needs: i > 0 ? [rows[i - 1]?.step ?? ''] : [], what: r.detail }));
    return all.map((step) => {
      const row = known.get(step.id);
      const state = run.steps.find((s) => s.step === step.id)?.status;
      const open = row?.segments.find((s) => s.open);
      const tone = open ? WHY[open.why].tone : state === 'COMPLETED' ? 'pass' : state === 'FAILED' || state === 'DEAD' ? 'fail' : 'open';
      const note = open ? `${WHY[open.why].word} ${span(open.to - open.from)}` : row?.to ? `${state?.toLowerCase() ?? ''} ${span(row.to - row.from)}` : 'not yet';
      return { id: step.id, label: step.id, sub: `${step.what || step.kind} · ${note}`, needs: step.needs, tone };
    });
  }, [artifact.data, line, run.steps]);
  if (artifact.isPending) return <Skeleton />;
  return <div className="graph-view"><Graph nodes={nodes} label={`Steps of ${run.workflow}`} /></div>;
}
