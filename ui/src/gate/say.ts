import { useQuery } from '@tanstack/react-query';
import { read, told, write, type Schemas } from '../lib/api';
import type { components } from '../api/write';
import { clock } from '../lib/time';
import type { Scope } from '../ui/scope';

// Who may say what about a gate. The server has the last word; this is so that nobody is shown a button that can not work.

export type Gate = Schemas['GateItem'];
export type Detail = Schemas['GateDetail'];
export type Delegation = components['schemas']['Delegations']['items'][number];

export const WORD = { OPEN: 'Open', APPROVED: 'Approved', DENIED: 'Denied', EXPIRED: 'Expired', CORRECTED: 'Corrected', RUN_ENDED: 'Run ended' };

/** What somebody decides with: roles and groups of his own, and what was handed to him. */
export type Say = { roles: string[]; delegations: Delegation[] };

export function useSay(scope: Scope): Say {
  return { roles: useOwnSays(scope), delegations: useDelegations(scope) };
}

/** Roles of the token, and what the server adds: roles that the tenant gave, and groups that policy names. */
export function useOwnSays(scope: Scope, enabled = true): string[] {
  const asked = useQuery({ queryKey: ['says', scope.tenant, scope.who.subject], enabled: enabled && scope.can('approver', 'operator', 'builder', 'admin'), staleTime: 60_000, retry: false, queryFn: () => told(write.GET('/access/v1/says', {})) });
  return asked.data?.roles ?? scope.who.roles;
}

/** Says that were handed on, as far as one may see them; none where the server has no such thing. */
export function useDelegations(scope: Scope): Delegation[] {
  return (
    useQuery({
      queryKey: ['delegations', scope.tenant],
      staleTime: 30_000,
      retry: false,
      queryFn: () => told(write.GET('/access/v1/delegations', {})).then((d) => d.items).catch(() => []),
    }).data ?? []
  );
}

/** The say of somebody else that stands for this gate now. */
export function handed(scope: Scope, gate: Gate, say: Say): Delegation | undefined {
  const now = clock.now();
  return say.delegations.find((d) => d.to === scope.who.subject && d.from <= now && now < d.until && (d.run === undefined || (d.run === gate.run && d.gate === gate.gate)) && d.by !== gate.requester && d.by !== gate.author);
}

/** Why somebody may not decide; nothing when he may. */
export function mayNot(scope: Scope, gate: Gate & Partial<Pick<Detail, 'apart' | 'decisions'>>, say: Say): string | undefined {
  if (gate.state === 'CORRECTED') return 'It was corrected; a worker makes the new call, and then it is asked for again.';
  if (gate.state !== 'OPEN') return `It is ${WORD[gate.state].toLowerCase()}.`;
  if (scope.who.subject === gate.requester) return 'You requested it. Somebody else has to decide.';
  if (scope.who.subject === gate.author) return 'You wrote the workflow. Somebody else has to decide.';
  if (gate.apart?.includes(scope.who.subject)) return 'You corrected this call. Policy wants somebody else to approve it.';
  if (gate.decisions?.some((d) => d.stands && d.approver === scope.who.subject)) return 'You have approved it. Somebody else has to approve it too.';
  if (!say.roles.includes(gate.role) && !handed(scope, gate, say)) return `It needs the role ${gate.role}; you are ${say.roles.join(', ') || 'without a role'}.`;
  return undefined;
}

/** Numbers with a dozen decimals say no more than with four. */
export function short(value: string): string {
  return /^\d\.\d{6,}$/.test(value) ? Number(value).toFixed(4) : value;
}

/** R0 changes nothing, R4 can not be taken back. */
export type Risk = 'R0' | 'R1' | 'R2' | 'R3' | 'R4' | '';

/** What policy was told of each gated call: `run/step` to its risk class. */
export function useRisks(scope: Scope, run?: string): Map<string, Risk> {
  const asked = useQuery({
    queryKey: ['runs', 'risks', scope.workspace, run],
    staleTime: 60_000,
    queryFn: async () => {
      const of = (effect: 'REQUIRE_HITL' | 'REQUIRE_STEP_UP') => told(read.GET('/v1/decisions', { params: { query: { workspace: scope.workspace, effect, limit: 200, ...(run ? { run } : {}) } } }));
      const pages = await Promise.all([of('REQUIRE_HITL'), of('REQUIRE_STEP_UP')]);
      const risks = new Map<string, Risk>();
      for (const d of pages.flatMap((p) => p.items)) {
        const tool = (JSON.parse(d.input) as { tool?: { risk_class?: string } }).tool;
        const key = `${d.run}/${d.step}`;
        if (!risks.has(key)) risks.set(key, (tool?.risk_class?.toUpperCase() ?? '') as Risk);
      }
      return risks;
    },
  });
  return asked.data ?? new Map();
}
