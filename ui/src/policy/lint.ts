import published from '../../../policies/schemas/tenant-data.v1.json';
import { parse, place, type Fault } from './json';
import { check, type Schema } from './schema';

export type Rule = { kind: 'enum'; values: (string | number | boolean)[] } | { kind: 'max'; max: number } | { kind: 'range'; min: number; max: number } | { kind: 'present' };
export type Grant = { enabled: boolean; connector_digest: string; environments: string[]; workflow_digests: string[]; hosts?: string[]; params?: Record<string, Rule & { optional?: boolean }>; quorum?: number; tainted_quorum?: number };
export type Tier = { tool: string; action: string; param?: string; at_least?: number; role: string; quorum: number; escalate?: { after_s: number; role: string; quorum: number } };
export type Approvals = { tiers?: Tier[]; signed_risk?: string[]; max_per_hour?: number };
export type TenantData = { schema: string; tools: Record<string, { actions: Record<string, Grant> }>; principals: Record<string, { roles: string[] }>; auditors: string[]; pauses?: Record<string, Record<string, string>>; approvals?: Approvals; groups?: Record<string, string[]>; [more: string]: unknown };

/** Whether the schema that this console was built with knows groups of approvers. */
export const GROUPS = 'groups' in published.properties;

/** `data` fits the schema; `shape` may have faults in it and can be shown as a form all the same. */
export type Linted = { data?: TenantData; shape?: TenantData; faults: Fault[]; hints: Fault[] };

/** Where a fault is in one value of the form, so that the form itself still stands. */
const SMALL = /^\/(tools\/[^/]+\/actions\/[^/]+\/(environments|params\/[^/]+)|approvals\/(tiers\/\d+|max_per_hour|signed_risk)|groups)(\/|$)/;

/** Faults stop a draft; hints are what a second pair of eyes would ask about. */
export function lint(text: string): Linted {
  const parsed = parse(text);
  if (parsed.value === undefined) return { faults: parsed.faults, hints: [] };
  const at = (path: string) => {
    for (let p = path; ; p = p.slice(0, p.lastIndexOf('/'))) {
      const offset = parsed.places.get(p);
      if (offset !== undefined) return place(text, offset);
      if (p === '') return { line: 1, column: 1 };
    }
  };
  const faults = check(parsed.value, published as unknown as Schema).map((w) => ({ ...at(w.path), ...w }));
  if (faults.length > 0) return { ...(faults.every((f) => SMALL.test(f.path)) ? { shape: parsed.value as unknown as TenantData } : {}), faults, hints: [] };
  const data = parsed.value as unknown as TenantData;
  return { data, shape: data, faults: [], hints: hints(data).map((w) => ({ ...at(w.path), ...w })) };
}

function hints(data: TenantData): { path: string; message: string }[] {
  const found: { path: string; message: string }[] = [];
  for (const [tool, { actions }] of Object.entries(data.tools)) {
    for (const [action, grant] of Object.entries(actions)) {
      const path = `/tools/${tool}/actions/${action}`;
      if (grant.enabled && grant.workflow_digests.length === 0) found.push({ path: `${path}/workflow_digests`, message: 'no workflow may use it: this grants nothing' });
      if (grant.enabled && grant.environments.length === 0) found.push({ path: `${path}/environments`, message: 'it holds in no environment: this grants nothing' });
      if ((grant.tainted_quorum ?? grant.quorum ?? 0) < (grant.quorum ?? 0)) found.push({ path: `${path}/tainted_quorum`, message: 'less approval after content from outside than before it' });
      for (const [name, rule] of Object.entries(grant.params ?? {})) if (rule.kind === 'range' && rule.min > rule.max) found.push({ path: `${path}/params/${name}`, message: 'no number is in this range' });
    }
  }
  data.approvals?.tiers?.forEach((tier, i, all) => {
    const path = `/approvals/tiers/${i}`;
    if (!data.tools[tier.tool]?.actions[tier.action]) found.push({ path, message: `${tier.tool}.${tier.action} is not granted: nobody is ever asked` });
    const before = all.slice(0, i).find((t) => t.tool === tier.tool && t.action === tier.action && (t.param === undefined || (t.param === tier.param && (t.at_least ?? 0) <= (tier.at_least ?? 0))));
    if (before) found.push({ path, message: 'an earlier tier always matches first: this one never counts' });
  });
  for (const [scope, targets] of Object.entries(data.pauses ?? {})) if (Object.keys(targets).length > 0) found.push({ path: `/pauses/${scope}`, message: 'pauses are no part of a draft: those in effect stay' });
  return found;
}

export function written(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}
