import { describe, expect, it } from 'vitest';
import { forecast, startOf, type Budget } from './forecast';

const end = Date.parse('2026-03-03T00:00:00Z');
const day = (used: number, limit: number): Budget => ({ budget: 'tenant', period: 'DAY', window: '', endsAt: end, unit: 'USD', limit, used, reserved: 0, default: false });

describe('the forecast of a budget', () => {
  it('goes on as the window did so far, and says when it is used up', () => {
    const noon = end - 43_200_000;
    expect(forecast(day(30, 100), noon)).toEqual({ atEnd: 60 });
    expect(forecast(day(80, 100), noon)).toEqual({ atEnd: 160, usedUpAt: end - 86_400_000 + (43_200_000 * 100) / 80 });
    expect(forecast(day(120, 100), noon)?.usedUpAt).toBe(noon);
  });
  it('says nothing at the beginning, when it would be a guess', () => {
    expect(forecast(day(30, 100), end - 86_000_000)).toBeUndefined();
  });
  it('knows how long months are', () => {
    expect(new Date(startOf('MONTH', Date.parse('2026-03-01T00:00:00Z'))).toISOString()).toBe('2026-02-01T00:00:00.000Z');
  });
});
