import type { Tone } from '../ui/parts';

export type GraphNode = { id: string; label: string; sub: string; needs: string[]; tone: Tone };

const W = 320;
const H = 52;
const GAP_X = 28;
const GAP_Y = 44;

/** Steps from top to bottom, each below all that it needs. */
export function Graph({ nodes, label }: { nodes: GraphNode[]; label: string }) {
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const depths = new Map<string, number>();
  const depth = (id: string, seen: string[] = []): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    if (seen.includes(id)) return 0;
    const d = Math.max(-1, ...(byId.get(id)?.needs ?? []).filter((n) => byId.has(n)).map((n) => depth(n, [...seen, id]))) + 1;
    depths.set(id, d);
    return d;
  };
  const layers: GraphNode[][] = [];
  for (const node of nodes) (layers[depth(node.id)] ??= []).push(node);
  const widest = Math.max(1, ...layers.map((l) => l.length));
  const width = widest * W + (widest - 1) * GAP_X + 8;
  const height = layers.length * H + (layers.length - 1) * GAP_Y + 8;
  const at = new Map<string, { x: number; y: number }>();
  layers.forEach((layer, row) => {
    const used = layer.length * W + (layer.length - 1) * GAP_X;
    layer.forEach((node, i) => at.set(node.id, { x: (width - used) / 2 + i * (W + GAP_X), y: row * (H + GAP_Y) + 4 }));
  });
  return (
    <svg viewBox={`0 0 ${width} ${height}`} style={{ width, maxWidth: '100%', display: 'block', margin: '0 auto' }} role="img" aria-label={`${label}: ${nodes.map((n) => `${n.label}, ${n.sub}${n.needs.length ? `, after ${n.needs.join(' and ')}` : ''}`).join('; ')}`}>
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path className="arrow" d="M0 0L8 4L0 8z" /></marker>
      </defs>
      {nodes.flatMap((node) =>
        node.needs.map((need) => {
          const from = at.get(need);
          const to = at.get(node.id);
          if (!from || !to) return null;
          const [x1, y1, x2, y2] = [from.x + W / 2, from.y + H, to.x + W / 2, to.y - 2];
          return <path key={`${need}-${node.id}`} d={`M${x1} ${y1}C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}`} markerEnd="url(#arrow)" />;
        }),
      )}
      {nodes.map((node) => {
        const p = at.get(node.id);
        if (!p) return null;
        return (
          <g key={node.id} className={`node ${node.tone}`}>
            <rect x={p.x} y={p.y} width={W} height={H} rx="8" />
            <text x={p.x + 14} y={p.y + 22} fontWeight="620">{node.label.length > 38 ? `${node.label.slice(0, 37)}…` : node.label}</text>
            <text className="sub" x={p.x + 14} y={p.y + 40}>{node.sub.length > 52 ? `${node.sub.slice(0, 51)}…` : node.sub}</text>
          </g>
        );
      })}
    </svg>
  );
}
