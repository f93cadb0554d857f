export type DiffLine = { kind: ' ' | '-' | '+'; text: string };

/** The shortest way from one text to another, line by line (longest common subsequence). */
export function diff(a: string[], b: string[]): DiffLine[] {
  const [n, m] = [a.length, b.length];
  const table = Array.from({ length: n + 1 }, () => new Uint32Array(m + 1));
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const [row, below] = [table[i], table[i + 1]];
      if (row && below) row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && a[i] === b[j]) {
      lines.push({ kind: ' ', text: a[i] ?? '' });
      i++;
      j++;
    } else if (j >= m || (i < n && (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0))) {
      lines.push({ kind: '-', text: a[i] ?? '' });
      i++;
    } else {
      lines.push({ kind: '+', text: b[j] ?? '' });
      j++;
    }
  }
  return lines;
}
