import { diff } from '../workflow/diff';

/** Only what differs, with a few lines around it. */
export function Difference({ from, to }: { from: string; to: string }) {
  const lines = diff(from.trimEnd().split('\n'), to.trimEnd().split('\n'));
  const near = lines.map((_, i) => lines.slice(Math.max(0, i - 3), i + 4).some((l) => l.kind !== ' '));
  if (!near.includes(true)) return <p className="soft">Nothing differs.</p>;
  return (
    <pre className="source" tabIndex={0} aria-label="Difference" style={{ maxHeight: 420 }}>
      {lines.map((l, i) => (!near[i] ? (near[i - 1] || i === 0 ? <span key={i} className="muted">{'  ⋯\n'}</span> : null) : l.kind === ' ' ? <span key={i}>{`  ${l.text}\n`}</span> : l.kind === '-' ? <del key={i}>{`- ${l.text}\n`}</del> : <ins key={i}>{`+ ${l.text}\n`}</ins>))}
    </pre>
  );
}
