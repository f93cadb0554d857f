const NANOS = 1_000_000_000;

/** Money is kept in billionths; small sums keep the digits that make them differ from nothing. */
export function money(nanos: number, currency = 'USD'): string {
  const value = nanos / NANOS;
  const digits = nanos === 0 || Math.abs(value) >= 1 ? 2 : Math.abs(value) >= 0.0001 ? 4 : 8;
  return new Intl.NumberFormat('en-US', { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export function amounts(list: { currency: string; nanos: number }[]): string {
  return list.length === 0 ? '–' : list.map((a) => money(a.nanos, a.currency)).join(' + ');
}

const COUNT = new Intl.NumberFormat('en-US');

/** Grouped by thin spaces. */
export function count(n: number): string {
  return COUNT.format(n).replaceAll(',', '\u202f');
}
