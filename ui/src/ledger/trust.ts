import { useQuery } from '@tanstack/react-query';
import { read, told } from '../lib/api';

// Whom this browser believes. Keys come from the reader, or from the installation at its first visit; then they are kept
// here and compared, so that a server that changes them is noticed. Keys inside a bundle never count.

export type Trust = { policy: string; evidenceKey: string; source: 'reader' | 'first visit'; since: number; changed?: boolean };

const key = (tenant: string) => `airails.trust.${tenant}`;

export function keptTrust(tenant: string): Trust | undefined {
  try {
    const kept = localStorage.getItem(key(tenant));
    return kept ? (JSON.parse(kept) as Trust) : undefined;
  } catch {
    return undefined;
  }
}

/** Everything that was kept here, whatever tenant it is of; what an offline check goes by. */
export function allTrust(): Trust[] {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith('airails.trust.'))
    .map((name) => keptTrust(name.slice('airails.trust.'.length)))
    .filter((trust) => trust !== undefined);
}

export function keepTrust(tenant: string, trust: Trust): void {
  localStorage.setItem(key(tenant), JSON.stringify(trust));
}

export function forgetTrust(tenant: string): void {
  localStorage.removeItem(key(tenant));
}

/** Log and witness lines without comments, in order: new workspaces add lines, which is no change of a key. */
function keysOf(policy: string): Set<string> {
  return new Set(
    policy
      .split('\n')
      .map((line) => line.split('#')[0]?.trim() ?? '')
      .filter((line) => line !== ''),
  );
}

/** What was kept, compared with what the installation names now; at the first visit that is kept. */
export async function trustOf(tenant: string): Promise<Trust> {
  const kept = keptTrust(tenant);
  if (kept?.source === 'reader') return kept;
  const given = await told(read.GET('/v1/trust', {}));
  if (!kept) {
    const first: Trust = { policy: given.policy, evidenceKey: given.evidenceKey, source: 'first visit', since: Date.now() };
    keepTrust(tenant, first);
    return first;
  }
  const now = keysOf(given.policy);
  const same = [...keysOf(kept.policy)].every((line) => now.has(line)) && kept.evidenceKey === given.evidenceKey;
  if (!same) return { ...kept, changed: true };
  // Known keys stayed; logs of new workspaces came to them.
  const grown: Trust = { ...kept, policy: given.policy };
  keepTrust(tenant, grown);
  return grown;
}

export function useTrust(tenant: string): { trust?: Trust; loading: boolean } {
  const asked = useQuery({ queryKey: ['trust', tenant], staleTime: 60_000, queryFn: () => trustOf(tenant) });
  return { ...(asked.data ? { trust: asked.data } : {}), loading: asked.isPending };
}
