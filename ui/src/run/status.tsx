import { Check, CircleSlash, Undo2, X, Zap, type LucideIcon } from 'lucide-react';
import type { Schemas } from '../lib/api';
import { Chip, type Tone } from '../ui/parts';

type Waiting = { step: string; reason: string; code: string };

const REASON: Record<string, { tone: Tone; word: string }> = {
  GATE: { tone: 'gate', word: 'Waiting for approval' },
  RETRY: { tone: 'retry', word: 'Waiting to retry' },
  POLICY: { tone: 'retry', word: 'Waiting for policy' },
  THROTTLE: { tone: 'throttle', word: 'Throttled' },
  BUDGET: { tone: 'budget', word: 'Paused: budget' },
  HUMAN_TASK: { tone: 'human', word: 'Needs a person' },
  DEAD_LETTER: { tone: 'human', word: 'Stopped: needs a retry' },
  WORKER: { tone: 'run', word: 'Running' },
};

const ENDED: Record<string, { tone: Tone; word: string; icon: LucideIcon }> = {
  COMPLETED: { tone: 'pass', word: 'Completed', icon: Check },
  FAILED: { tone: 'fail', word: 'Failed', icon: X },
  CANCELLED: { tone: 'open', word: 'Cancelled', icon: CircleSlash },
  COMPENSATING: { tone: 'retry', word: 'Undoing', icon: Undo2 },
};

export function toneOf(status: string, waiting: Waiting[] = []): Tone {
  return ENDED[status]?.tone ?? REASON[worst(waiting)?.reason ?? 'WORKER']?.tone ?? 'run';
}

/** The wait that a person can end comes first. */
function worst<T extends Waiting>(waiting: T[]): T | undefined {
  const order = ['HUMAN_TASK', 'DEAD_LETTER', 'GATE', 'BUDGET', 'POLICY', 'THROTTLE', 'RETRY', 'WORKER'];
  return [...waiting].sort((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason))[0];
}

export function main<T extends Waiting>(waiting: T[]): T | undefined {
  return worst(waiting);
}

export function Status({ run }: { run: { status: Schemas['RunSummary']['status']; waiting?: Waiting[] | undefined } }) {
  const ended = ENDED[run.status];
  if (ended) return <Chip tone={ended.tone} icon={ended.icon}>{ended.word}</Chip>;
  const reason = REASON[worst(run.waiting ?? [])?.reason ?? 'WORKER'] ?? { tone: 'run' as Tone, word: 'Running' };
  return reason.tone === 'run' ? <Chip tone="run" icon={Zap}>{reason.word}</Chip> : <Chip tone={reason.tone}>{reason.word}</Chip>;
}

/** What a code means, for people. */
export function words(code: string): string {
  const known: Record<string, string> = {
    POLICY_DENIED: 'policy said no, and nothing was sent',
    GATE_DENIED: 'a person said no, and the call was not made',
    GATE_EXPIRED: 'nobody decided in time, so the answer was no',
    RUN_COST_CAP: 'it would have cost more than a run of it may',
    RUN_DEADLINE: 'it took longer than a run of it may',
    STEP_TIMEOUT: 'the step took too long',
    LEASE_EXPIRED: 'the worker was lost on the way',
    BUDGET_EXCEEDED: 'the budget is used up',
    OVER_RATE: 'the other side is called as fast as it allows',
    TOO_MANY_AT_ONCE: 'as many calls as allowed are on their way',
    BREAKER_OPEN: 'the other side keeps failing, so calls to it wait',
    RUNNER_AWAY: 'the runner that reaches the other side is not there',
    POLICY_UNAVAILABLE: 'policy could not be asked',
    THROTTLED: 'policy lets fewer through at a time',
    NEEDS_MET: 'its turn has come',
    GATE_REQUESTED: 'it was asked for',
    APPROVED: 'it was approved',
  };
  const answered = /^HTTP_(\d{3})$/.exec(code)?.[1];
  return known[code] ?? (answered ? `the other side answered HTTP ${answered}` : code.toLowerCase().replaceAll('_', ' '));
}
