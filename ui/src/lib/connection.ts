import { useSyncExternalStore } from 'react';

// Whether the server answers, for all of the page at once.

export type Connection = { state: 'up' | 'lost' | 'back'; since: number };

let now: Connection = { state: 'up', since: Date.now() };
const listeners = new Set<() => void>();

function set(next: Connection) {
  now = next;
  listeners.forEach((listener) => listener());
}

export const connection = {
  lost() {
    if (now.state !== 'lost') set({ state: 'lost', since: Date.now() });
  },
  reached() {
    if (now.state === 'lost') {
      set({ state: 'back', since: Date.now() });
      window.dispatchEvent(new Event('airails:back'));
      window.setTimeout(() => {
        if (now.state === 'back') set({ state: 'up', since: Date.now() });
      }, 6_000);
    }
  },
};

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => now,
  );
}
