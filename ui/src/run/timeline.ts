import type { Schemas } from '../lib/api';
import type { Tone } from '../ui/parts';

// A run's ledger entries, told as steps on a time line: what ran, what waited, and why.

export type Entry = Schemas['LedgerEntry'];
export type Why = 'run' | 'worker' | 'gate' | 'human' | 'retry' | 'throttle' | 'budget' | 'fail';

export type Segment = { why: Why; from: number; to: number; open: boolean; note: string };

export type Row = {
  step: string;
  detail: string;
  kind: 'trigger' | 'tool' | 'model' | 'gate' | 'check' | 'end';
  segments: Segment[];
  entries: Entry[];
  effect?: string;
  nanos?: number;
  currency?: string;
  from: number;
  to?: number;
};

/** A step that has not begun, after those that it needs. */
export type Later = { step: string; kind: Row['kind']; detail: string; needs: string[] };

export type Timeline = { rows: Row[]; from: number; to: number; totals: Map<Why, number>; ended: boolean };

export const WHY: Record<Why, { word: string; tone: Tone }> = {
  gate: { word: 'Approval', tone: 'gate' },
  run: { word: 'Running', tone: 'run' },
  retry: { word: 'Retry', tone: 'retry' },
  throttle: { word: 'Throttle', tone: 'throttle' },
  budget: { word: 'Budget', tone: 'budget' },
  human: { word: 'Person', tone: 'human' },
  worker: { word: 'Worker', tone: 'worker' },
  fail: { word: 'Failed', tone: 'fail' },
};

type Making = Row & { since?: { why: Why; at: number; note: string } };

const text = (entry: Entry, member: string): string => {
  const value = (entry.event as Record<string, unknown>)[member];
  return value === undefined || value === null ? '' : String(value);
};

function because(reason: string, delayed: boolean): Why {
  switch (reason) {
    case 'THROTTLED':
    case 'OVER_RATE':
    case 'TOO_MANY_AT_ONCE':
    case 'BREAKER_OPEN':
    case 'RUNNER_AWAY':
      return 'throttle';
    case 'BUDGET_EXCEEDED':
      return 'budget';
    case 'POLICY_UNAVAILABLE':
      return 'retry';
    default:
      return delayed ? 'retry' : 'worker';
  }
}

/** @param now the server's time, where what is still open ends */
export function timeline(entries: Entry[], now: number): Timeline {
  const rows = new Map<string, Making>();
  const first = entries[0]?.recordedAt ?? now;
  let ended: number | undefined;

  const row = (step: string, at: number): Making => {
    const known = rows.get(step);
    if (known) return known;
    const made: Making = { step, detail: '', kind: 'check', segments: [], entries: [], from: at };
    rows.set(step, made);
    return made;
  };
  const close = (r: Making, at: number) => {
    if (r.since && at > r.since.at) r.segments.push({ why: r.since.why, from: r.since.at, to: at, open: false, note: r.since.note });
    delete r.since;
  };
  const begin = (r: Making, why: Why, at: number, note = '') => {
    if (r.since?.why === why) return;
    close(r, at);
    r.since = { why, at, note };
  };

  for (const entry of entries) {
    const at = entry.recordedAt;
    const step = text(entry, 'step') || text(entry, 'gate');
    switch (entry.entryType) {
      case 'TRIGGER_RECEIVED': {
        const r = row('trigger', at);
        r.kind = 'trigger';
        r.detail = text(entry, 'trigger');
        const occurred = Number((entry.header as { occurredAt?: number }).occurredAt ?? at);
        if (at > occurred) r.segments.push({ why: 'run', from: at, to: at, open: false, note: '' });
        r.entries.push(entry);
        r.to = at;
        break;
      }
      case 'STEP_SCHEDULED': {
        const r = row(step, at);
        const until = Number(text(entry, 'notBefore')) || 0;
        const why = because(text(entry, 'reason'), until > at);
        begin(r, why, at, text(entry, 'reason'));
        delete r.to;
        r.entries.push(entry);
        break;
      }
      case 'POLICY_EVALUATED': {
        const r = row(step, at);
        const decision = (entry.event as { decision?: { effect?: string } }).decision;
        if (decision?.effect) r.effect = decision.effect;
        if (r.since && r.since.why !== 'gate') begin(r, 'run', at);
        r.entries.push(entry);
        break;
      }
      case 'HUMAN_GATE_REQUESTED': {
        const r = row(text(entry, 'gate'), at);
        r.kind = 'gate';
        r.detail = `${text(entry, 'quorum')} of role ${text(entry, 'role')}, for ${text(entry, 'forStep')}`;
        begin(r, 'gate', at);
        r.entries.push(entry);
        break;
      }
      case 'HUMAN_GATE_DECISIONED': {
        const r = row(text(entry, 'gate'), at);
        if (text(entry, 'closes') === 'true') close(r, at);
        r.entries.push(entry);
        break;
      }
      case 'TOOL_ACTION_INTENDED': {
        const r = row(step, at);
        if (r.kind === 'check') r.kind = 'tool';
        r.detail ||= `${text(entry, 'tool')}.${text(entry, 'action')}`;
        begin(r, 'run', at);
        r.entries.push(entry);
        break;
      }
      case 'MODEL_INVOKED': {
        const r = row(step, at);
        r.kind = 'model';
        r.detail = `${text(entry, 'provider')}, ${text(entry, 'responseModel') || text(entry, 'model')}`;
        r.entries.push(entry);
        break;
      }
      case 'BUDGET_SETTLED': {
        const r = row(step, at);
        const amount = (entry.event as { amount?: { nanos?: number; currency?: string } }).amount;
        r.nanos = (r.nanos ?? 0) + (amount?.nanos ?? 0);
        r.currency = amount?.currency ?? r.currency ?? 'USD';
        r.entries.push(entry);
        break;
      }
      case 'STEP_COMPLETED': {
        const r = row(step, at);
        // A step without a call has no moment between waiting and running: all of it ran.
        if (r.since?.why === 'worker' && r.entries.every((e) => e.entryType === 'STEP_SCHEDULED')) r.since.why = 'run';
        close(r, at);
        r.to = at;
        r.entries.push(entry);
        break;
      }
      case 'STEP_FAILED': {
        const r = row(step, at);
        const began = r.since?.at ?? at;
        delete r.since;
        r.segments.push({ why: 'fail', from: began, to: at, open: false, note: text(entry, 'code') });
        const retryAt = Number(text(entry, 'retryAt')) || 0;
        if (text(entry, 'dead') === 'true') begin(r, 'human', at, text(entry, 'code'));
        else if (retryAt > at) begin(r, because(text(entry, 'code'), true), at, text(entry, 'code'));
        else r.to = at;
        r.entries.push(entry);
        break;
      }
      case 'TOOL_ACTION_EXECUTED': {
        const r = row(step, at);
        r.entries.push(entry);
        if (text(entry, 'outcome') === 'AMBIGUOUS') begin(r, 'human', at, text(entry, 'code'));
        break;
      }
      case 'RUN_RETRIED': {
        const r = step ? row(step, at) : row('run', at);
        close(r, at);
        r.entries.push(entry);
        break;
      }
      case 'WORKFLOW_COMPLETED':
      case 'WORKFLOW_FAILED':
      case 'RUN_CANCELLED': {
        const r = row('end', at);
        r.kind = 'end';
        r.detail = entry.entryType === 'WORKFLOW_COMPLETED' ? 'completed' : [text(entry, 'code'), text(entry, 'reason')].filter(Boolean).join(' ');
        r.entries.push(entry);
        r.to = at;
        ended = at;
        break;
      }
      default:
        row(step || 'run', at).entries.push(entry);
    }
  }

  const to = ended ?? Math.max(now, entries.at(-1)?.recordedAt ?? now);
  const totals = new Map<Why, number>();
  const done: Row[] = [];
  for (const { since, ...r } of rows.values()) {
    if (since) r.segments.push({ why: since.why, from: since.at, to, open: ended === undefined, note: since.note });
    for (const s of r.segments) totals.set(s.why, (totals.get(s.why) ?? 0) + s.to - s.from);
    done.push(r);
  }
  return { rows: done, from: first, to, totals, ended: ended !== undefined };
}

export type Fold = { from: number; to: number; x: number; width: number };

/** Where a moment lies, 0 to 1. Long waits during which nothing ran share one narrow part when they are folded. */
export type Scale = { x: (at: number) => number; folds: Fold[]; ticks: { at: number; label: string }[] };

const LONG = 5_000;
const FOLDED_SHARE = 0.24;

export function scale(line: Timeline, fold: boolean): Scale {
  const { from } = line;
  const to = Math.max(line.to, from + 1);
  const quiet = fold ? quietTimes(line) : [];
  const folded = quiet.reduce((sum, [a, b]) => sum + b - a, 0);
  const busy = to - from - folded;
  const share = quiet.length === 0 ? 0 : busy <= 0 ? 1 : FOLDED_SHARE;
  const folds: Fold[] = [];
  let x = 0;
  let at = from;
  for (const [a, b] of quiet) {
    x += (busy <= 0 ? 0 : (a - at) / busy) * (1 - share);
    const width = ((b - a) / folded) * share;
    folds.push({ from: a, to: b, x, width });
    x += width;
    at = b;
  }
  const map = (moment: number): number => {
    let before = 0;
    for (const f of folds) {
      if (moment < f.from) break;
      if (moment <= f.to) return f.x + ((moment - f.from) / (f.to - f.from)) * f.width;
      before += f.to - f.from;
    }
    const past = folds.filter((f) => f.to < moment).reduce((sum, f) => sum + f.width, 0);
    return busy <= 0 ? past : ((moment - from - before) / busy) * (1 - share) + past;
  };
  return { x: map, folds, ticks: ticks(from, to, busy, folds) };
}

/** Times longer than five seconds in which nothing ran. */
function quietTimes(line: Timeline): [number, number][] {
  const busy = line.rows
    .flatMap((r) => r.segments)
    .filter((s) => s.why === 'run' || s.why === 'worker' || s.why === 'fail')
    .map((s): [number, number] => [s.from, s.to])
    .sort((a, b) => a[0] - b[0]);
  const quiet: [number, number][] = [];
  let end = line.from;
  for (const [a, b] of [...busy, [line.to, line.to] as [number, number]]) {
    if (a - end > LONG) quiet.push([end, a]);
    end = Math.max(end, b);
  }
  return quiet;
}

const STEPS = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000];
const DAY = 86_400_000;

function ticks(from: number, to: number, busy: number, folds: Fold[]): { at: number; label: string }[] {
  const step = STEPS.find((s) => busy / s <= (folds.length > 0 ? 4 : 5)) ?? Math.ceil(busy / 5 / DAY) * DAY;
  const list: { at: number; label: string }[] = [];
  for (let t = 0; from + t <= to && list.length < 12; t += step) {
    const at = from + t;
    const hidden = folds.find((f) => at > f.from && at < f.to);
    if (hidden) {
      // Whole steps again after the fold.
      t = Math.ceil((hidden.to - from) / step) * step - step;
      continue;
    }
    list.push({ at, label: label(t) });
  }
  return list;
}

function label(millis: number): string {
  if (millis === 0) return '0';
  if (millis < 1_000) return `${millis} ms`;
  if (millis < 60_000) return `${millis / 1_000} s`;
  if (millis < 3_600_000) return `${Math.round(millis / 6_000) / 10} m`;
  return millis < 2 * DAY ? `${Math.round(millis / 360_000) / 10} h` : `${Math.round(millis / DAY)} d`;
}
