import type { Typed } from './artifact';

// What somebody typed, as a disclosed input's type wants it.

export function good(typed: Typed, value: string): boolean {
  switch (typed.type) {
    case 'INTEGER':
      return /^-?\d{1,15}$/.test(value);
    case 'NUMBER':
      return value !== '' && Number.isFinite(Number(value));
    case 'ENUM':
      return typed.values.includes(value);
    case 'BOOLEAN':
      return value === 'true' || value === 'false';
    default:
      return value.trim() !== '' && value.length <= 64;
  }
}

export function cast(typed: Typed, value: string): string | number | boolean {
  if (typed.type === 'INTEGER' || typed.type === 'NUMBER') return Number(value);
  if (typed.type === 'BOOLEAN') return value === 'true';
  return value;
}
