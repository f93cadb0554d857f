import { Check as Tick, CircleDashed, X } from 'lucide-react';
import { OUTCOME, type Check } from './check';

const ICON = { pass: Tick, fail: X, open: CircleDashed };

export function Checks({ checks }: { checks: Check[] }) {
  return (
    <ul className="checks">
      {checks.map((check) => {
        const Icon = ICON[check.outcome];
        return (
          <li key={check.id} className={check.outcome} data-check={check.id} data-outcome={check.outcome}>
            <Icon className="icon tone-text" aria-hidden />
            <b>{check.name}</b>
            <span className="verdict tone-text">{OUTCOME[check.outcome]}</span>
            <p>{check.detail}</p>
          </li>
        );
      })}
    </ul>
  );
}
