import { count } from '../lib/money';
import { hex, type Rung } from './merkle';

const STEP = 46;
const WIDTH = 860;
const MIDDLE = 430;

const short = (hash: string) => `${hash.slice(0, 8)}…${hash.slice(-6)}`;

/** The way from the leaf up to the root: what was computed in the middle, what the log gave on its true side. */
export function Ladder({ rungs, leaf, position, sound }: { rungs: Rung[]; leaf: string; position: number; sound: boolean }) {
  const height = (rungs.length + 1) * STEP + 8;
  const y = (level: number) => height - STEP / 2 - level * STEP;
  return (
    <div style={{ overflowX: 'auto' }}>
      <svg className="ladder" viewBox={`0 0 ${WIDTH} ${height}`} style={{ width: '100%', minWidth: 620 }} role="img" aria-label={`Inclusion proof with ${rungs.length} hashes; leaf ${position} ${sound ? 'leads to the root of the checkpoint' : 'does not lead to the root'}`}>
        {rungs.map((rung, i) => {
          const x = rung.side === 'left' ? 230 : WIDTH - 230;
          return (
            <g key={i}>
              <path className="mine" d={`M${MIDDLE} ${y(i)}V${y(i + 1)}`} />
              <path className="theirs" d={`M${x} ${y(i)}V${(y(i) + y(i + 1)) / 2}H${MIDDLE}`} />
              <rect className="given" x={x - 66} y={y(i) - 12} width="132" height="24" rx="5" />
              <text x={x} y={y(i) + 4} textAnchor="middle">{short(hex(rung.sibling))}</text>
              <text className="range" x={rung.side === 'left' ? x - 76 : x + 76} y={y(i) + 4} textAnchor={rung.side === 'left' ? 'end' : 'start'}>{rung.from === rung.to ? `leaf ${count(rung.from + 1)}` : `leaves ${count(rung.from + 1)} to ${count(rung.to + 1)}`}</text>
            </g>
          );
        })}
        {[leaf, ...rungs.map((r) => hex(r.result))].map((hash, i, all) => {
          const top = i === all.length - 1 && all.length > 1;
          return (
            <g key={`c${i}`} className={top ? (sound ? 'root pass' : 'root fail') : 'mine-box'}>
              <rect x={MIDDLE - 70} y={y(i) - 13} width="140" height="26" rx="5" />
              <text x={MIDDLE} y={y(i) + 4} textAnchor="middle">{short(hash)}</text>
              {i === 0 && <text className="range" x={MIDDLE + 78} y={y(i) + 4}>this leaf</text>}
              {top && <text className="range" x={MIDDLE + 78} y={y(i) + 4}>root</text>}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
