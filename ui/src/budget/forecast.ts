export type Period = 'HOUR' | 'DAY' | 'MONTH';
export type Budget = { budget: string; workspace?: string; workflow?: string; period: Period; window: string; endsAt: number; unit: string; limit: number; used: number; reserved: number; default: boolean };

export function startOf(period: Period, endsAt: number): number {
  if (period === 'HOUR') return endsAt - 3_600_000;
  if (period === 'DAY') return endsAt - 86_400_000;
  const end = new Date(endsAt);
  return Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - 1, 1);
}

/** If it goes on as in the window so far; nothing before a twentieth of it is over, when that says little. */
export function forecast(b: Budget, now: number): { atEnd: number; usedUpAt?: number } | undefined {
  const from = startOf(b.period, b.endsAt);
  const share = (now - from) / (b.endsAt - from);
  if (share < 0.05 || share > 1) return undefined;
  const spent = b.used + b.reserved;
  const atEnd = Math.round(spent / share);
  if (b.limit <= 0 || atEnd <= b.limit) return { atEnd };
  return { atEnd, usedUpAt: Math.max(now, Math.round(from + ((now - from) * b.limit) / spent)) };
}
