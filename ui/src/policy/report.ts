// The report of a simulation, as `rails policy simulate` writes it.

export const EFFECTS = ['ALLOW', 'ROUTE', 'REQUIRE_HITL', 'REQUIRE_STEP_UP', 'THROTTLE', 'DENY'] as const;
export type Effect = (typeof EFFECTS)[number] | 'UNDEFINED';
export const SHORT: Record<string, string> = { ALLOW: 'Allowed', ROUTE: 'Routed', REQUIRE_HITL: 'Approval', REQUIRE_STEP_UP: 'Step-up', THROTTLE: 'Throttled', DENY: 'Denied', UNDEFINED: 'No answer' };

export type Cell = { tool: string; action: string; risk: string; from: string; to: string; count: number };
export type Sample = { decisionId: string; workspace: string; run: string; tool: string; action: string; from: string; to: string; reasonsBefore: string[]; reasonsAfter: string[] };
export type Report = {
  candidate: { bundle: string; contentSha256: string };
  since: string;
  complete: { workspace: string; origin: string; size: number; root: string; decisions: number }[];
  decisions: number;
  unanswered: number;
  changed: number;
  undefined: number;
  baseline: { reproduced: number; differing: { decisionId: string; recorded: string; replayed: string }[] };
  semver: 'MAJOR' | 'MINOR' | 'PATCH';
  matrix: Cell[];
  samples: Sample[];
  approvals: { before: number; after: number; added: number; saved: number; approvers: number; hours: number; addedPerApproverHourMilli: number };
  cost: { differenceNanos: Record<string, number> };
  latency: Record<'baseline' | 'candidate', { p50Micros: number; p99Micros: number }> & { decisionsPerSecond: number };
};

/** How much stands between a call and its going out; more is stricter. */
const STRICT: Record<string, number> = { ALLOW: 0, ROUTE: 0, THROTTLE: 1, REQUIRE_HITL: 2, REQUIRE_STEP_UP: 3, DENY: 4, UNDEFINED: 4 };

export function direction(from: string, to: string): 'stricter' | 'looser' | 'same' | 'other' {
  if (from === to) return 'same';
  const change = (STRICT[to] ?? 4) - (STRICT[from] ?? 4);
  return change > 0 ? 'stricter' : change < 0 ? 'looser' : 'other';
}

/** Whether an administrator may go by it: the present content says again all that it said, and the candidate answers always. */
export function usable(report: Report): boolean {
  return report.baseline.reproduced === report.decisions && report.undefined === 0;
}

export function sums(cells: Cell[]): { stricter: number; looser: number; other: number; same: number } {
  const sum = { stricter: 0, looser: 0, other: 0, same: 0 };
  for (const c of cells) sum[direction(c.from, c.to)] += c.count;
  return sum;
}
