import { useEffect, useState } from 'react';

// Ages are by the server's clock, times in the reader's zone, and the exact moment is one hover away.

let offset = 0;
const told = new Set<() => void>();

export const clock = {
  /** @param date the header of an answer, exact to a second */
  tell(date: string | null) {
    const at = date ? Date.parse(date) : NaN;
    if (!Number.isNaN(at)) {
      const seen = at + 500 - Date.now();
      if (Math.abs(seen - offset) > 1_500) {
        offset = seen;
        told.forEach((listener) => listener());
      }
    }
  },
  now(): number {
    return Date.now() + offset;
  },
};

/** The server's time, again and again. */
export function useNow(everyMillis = 1_000): number {
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    const again = () => setNow(clock.now());
    const timer = window.setInterval(again, everyMillis);
    told.add(again);
    return () => {
      window.clearInterval(timer);
      told.delete(again);
    };
  }, [everyMillis]);
  return now;
}

export function span(millis: number): string {
  const ms = Math.max(0, Math.round(millis));
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} m ${Math.floor((ms % 60_000) / 1_000)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** One unit, for ages. */
export function age(millis: number): string {
  const seconds = Math.max(0, Math.round(millis / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

export function timeOfDay(at: number, millis = false): string {
  const text = CLOCK.format(at);
  return millis ? `${text}.${String(Math.floor(at) % 1_000).padStart(3, '0')}` : text;
}

/** With the day when it is not today's. */
export function moment(at: number, now = clock.now()): string {
  const same = new Date(at).toDateString() === new Date(now).toDateString();
  if (same) return timeOfDay(at);
  const year = new Date(at).getFullYear() === new Date(now).getFullYear();
  return `${(year ? DAY : YEAR).format(at)}, ${timeOfDay(at)}`;
}

export function exact(at: number): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return `${new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC')} · shown in ${zone}`;
}
