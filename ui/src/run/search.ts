import { clock } from '../lib/time';

// What people look for a run by. All of it is in the address, so that a search can be sent to somebody and kept.

export const STATES = ['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'COMPENSATING'] as const;
export type State = (typeof STATES)[number];

/** Parts of a search that are one text each: in the address, and as people write them. */
export const PARTS = {
  q: { word: 'ticket', label: 'Ticket', hint: 'INC0048213, or INC004* for what begins so' },
  ref: { word: 'ref', label: 'Id in another system', hint: 'what it called something that the run made' },
  actor: { word: 'actor', label: 'Actor', hint: 'whoever asked for it or did something in it' },
  approver: { word: 'approver', label: 'Approver', hint: 'whoever said something about its gates' },
  hash: { word: 'hash', label: 'Hash', hint: 'of a leaf, a call or the version; 8 digits are enough' },
  workflow: { word: 'workflow', label: 'Workflow', hint: 'itsm-triage' },
  env: { word: 'env', label: 'Environment', hint: 'prod' },
} as const;
export type PartName = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as PartName[];

/** Times that move on with the clock, so that a kept filter means the same tomorrow. */
export const TIMES: Record<string, { word: string; millis: number }> = {
  '1h': { word: 'last hour', millis: 3_600_000 },
  '24h': { word: 'last 24 hours', millis: 86_400_000 },
  '7d': { word: 'last 7 days', millis: 7 * 86_400_000 },
  '30d': { word: 'last 30 days', millis: 30 * 86_400_000 },
};

export type Search = Partial<Record<PartName, string>> & { state?: State; time?: string; from?: number; to?: number };

export function searchOf(query: URLSearchParams): Search {
  const search: Search = {};
  for (const name of NAMES) {
    const value = query.get(name);
    if (value) search[name] = value;
  }
  const state = STATES.find((s) => s === query.get('state'));
  if (state) search.state = state;
  const time = query.get('time') ?? '';
  if (time in TIMES) search.time = time;
  for (const end of ['from', 'to'] as const) {
    const at = Date.parse(query.get(end) ?? '');
    if (!Number.isNaN(at)) search[end] = at;
  }
  return search;
}

/** What the server is asked. */
export function asked(search: Search) {
  const from = search.time ? Math.floor((clock.now() - (TIMES[search.time]?.millis ?? 0)) / 60_000) * 60_000 : search.from;
  return {
    ...(search.q ? { externalId: search.q } : {}),
    ...(search.ref ? { reference: search.ref } : {}),
    ...(search.actor ? { actor: search.actor } : {}),
    ...(search.approver ? { approver: search.approver } : {}),
    ...(search.hash ? { hash: search.hash } : {}),
    ...(search.workflow ? { workflow: search.workflow } : {}),
    ...(search.env ? { environment: search.env } : {}),
    ...(search.state ? { status: search.state } : {}),
    ...(from !== undefined ? { from } : {}),
    ...(search.to !== undefined ? { to: search.to } : {}),
  };
}

/** What was typed, by what it looks like; `actor:mara` says it outright. */
export function typed(text: string): Record<string, string> {
  const changes: Record<string, string> = {};
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const [, key, rest] = /^([a-z]+):(.+)$/i.exec(word) ?? [];
    const part = NAMES.find((n) => PARTS[n].word === key?.toLowerCase());
    const state = key === 'state' ? STATES.find((s) => s === rest?.toUpperCase()) : undefined;
    if (part && rest) changes[part] = part === 'hash' ? rest.toLowerCase() : rest.replace(/^@/, '');
    else if (state) changes.state = state;
    else if (key === 'time' && rest && rest in TIMES) changes.time = rest;
    else if (word.startsWith('@')) changes.actor = word.slice(1);
    else if (/^(sha256:)?[0-9a-f]{8,64}$/.test(word) && /[a-f]/.test(word)) changes.hash = word;
    else changes.q = word;
  }
  return changes;
}

/** What a filter is called until somebody names it. */
export function described(search: Search): string {
  const parts = NAMES.flatMap((n) => (search[n] ? [n === 'q' ? search[n] : `${PARTS[n].word} ${search[n]}`] : []));
  return [...(search.state ? [search.state.toLowerCase()] : []), ...parts, ...(search.time ? [TIMES[search.time]?.word ?? ''] : [])].join(', ') || 'all';
}
