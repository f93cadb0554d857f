import { diff, type DiffLine } from '../workflow/diff';

// What a call would change, field by field: the record as the run found it, and what would be sent.

export type Field = { name: string; before?: string; after: string; from?: string };

export function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A member of a record, also one level below it, as systems wrap their answers. */
function member(record: unknown, name: string): unknown {
  if (typeof record !== 'object' || record === null) return undefined;
  const own = (record as Record<string, unknown>)[name];
  if (own !== undefined) return own;
  for (const inner of Object.values(record)) {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && name in inner) return (inner as Record<string, unknown>)[name];
  }
  return undefined;
}

/** @param records what steps before read, the latest last */
export function fields(params: Record<string, unknown>, records: Record<string, unknown>): Field[] {
  return Object.entries(params).map(([name, value]) => {
    const found = Object.entries(records).reverse().find(([, record]) => member(record, name) !== undefined);
    return { name, after: shown(value), ...(found ? { before: shown(member(found[1], name)), from: found[0] } : {}) };
  });
}

/** Word by word, spaces kept. */
export function words(before: string, after: string): DiffLine[] {
  return diff(before.split(/(\s+)/), after.split(/(\s+)/));
}
