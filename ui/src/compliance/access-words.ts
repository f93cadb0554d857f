import type { Entry } from '../run/timeline';

// What entries of the access log say, for people, and which of them are about a run.

type Access = { principal?: string; resource?: string; route?: string; run?: string; scope?: string; kind?: string; name?: string; code?: string };

const READ: [RegExp, string][] = [
  [/entries\/\{position\}\/proof$/, 'the proof of an entry'],
  [/entries\/\{position\}$/, 'an entry'],
  [/entries(\/stream)?$/, 'the log'],
  [/log\/tile/, "the log's tree"],
  [/\/decisions$/, "policy's decisions"],
  [/\/calls$/, 'calls'],
  [/connector-instances/, 'connectors'],
  [/passkeys/, 'passkeys'],
  [/delegations/, 'delegations'],
  [/approvers/, 'how much approvers decide'],
  [/exceptions/, 'exceptions'],
  [/drafts/, 'drafts of policy'],
  [/policy\/v1\/(data|contents|bundles|settings)/, 'policy data'],
  [/pauses/, 'pauses'],
  [/simulations/, 'a simulation'],
  [/shadows/, 'a shadow'],
  [/role-proposals/, 'proposals of roles'],
  [/audit-access/, 'access of auditors'],
  [/api-keys/, "programs' keys"],
  [/identity-link/, 'identity links'],
];
const TAKEN: Record<string, string> = { RUN: "a run's evidence", APPROVAL: "an approval's evidence", WORKSPACE: 'the whole log' };
const SHOWN: Record<string, string> = { GATE: 'the arguments of', CALL: 'the call of', THREAD: 'questions and answers at', INPUT: 'the input', OUTPUT: 'the output of' };

const of = (entry: Entry) => entry.event as Access;
const day = (millis: string) => new Date(Number(millis)).toISOString().slice(0, 10);

export function doneBy(entry: Entry): string {
  return of(entry).principal ?? (entry.header as { actor?: { id?: string } }).actor?.id ?? '';
}

/** What was read, taken, shown or refused; empty for entries of another kind. Where it is known what it is about, that is not said. */
export function about(entry: Entry, workspace: string, known = '_tenant'): string {
  const e = of(entry);
  const [, from, to] = /\/(\d{10,})\/(\d{10,})$/.exec(e.resource ?? '') ?? [];
  if (from && to) return `took the evidence from ${day(from)} to ${day(to)}`;
  const resource = e.resource && ![workspace, '_tenant', known].includes(e.resource) ? ` ${e.resource.replace(`${workspace}/`, '#')}` : '';
  switch (entry.entryType) {
    case 'EVIDENCE_READ':
      return `read ${READ.find(([route]) => route.test(e.route ?? ''))?.[1] ?? e.route?.replace(/^GET /, '') ?? ''}${resource}`;
    case 'EVIDENCE_EXPORTED':
      return `took ${TAKEN[e.scope ?? ''] ?? 'evidence'}${resource}`;
    case 'REVEAL_GRANTED':
      return `was shown ${SHOWN[e.kind ?? ''] ?? (e.kind ?? '').toLowerCase()} ${e.name ?? ''}`;
    case 'ACCESS_REFUSED':
      return `was refused ${e.route ?? ''}${resource}: ${(e.code ?? '').toLowerCase().replaceAll('_', ' ')}`;
    default:
      return '';
  }
}

/** Whether an access gave somebody something of a run: itself, one of its entries, or a log or a time in which it lies. */
export function accessed(entry: Entry, what: { run: string; workspace: string; from: number; to: number; positions: Set<number> }): boolean {
  const e = of(entry);
  if (e.run === what.run) return true;
  const [first, second, third] = (e.resource ?? '').split('/');
  if (first === what.run) return true;
  if (first !== what.workspace) return false;
  if (entry.entryType === 'EVIDENCE_READ') return second !== undefined && what.positions.has(Number(second));
  if (entry.entryType !== 'EVIDENCE_EXPORTED') return false;
  return second === undefined ? entry.recordedAt >= what.from : Number(second) <= what.to && Number(third) > what.from;
}
