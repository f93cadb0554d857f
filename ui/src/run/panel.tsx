import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../lib/api';
import { count, money } from '../lib/money';
import { Link } from '../lib/router';
import { tally } from '../ledger/check';
import { Checks } from '../ledger/checks';
import { useTrust } from '../ledger/trust';
import { verifyLeaf } from '../ledger/verify-leaf';
import { Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { detailOf, titleOf } from './entry-words';
import type { Entry } from './timeline';

/** One entry: what it says, what was disclosed, and whether it is proved. */
export function Panel({ scope, run, entry, entries }: { scope: Scope; run: Schemas['RunDetail']; entry: Entry | undefined; entries: Entry[] }) {
  const shown = entry ?? entries.at(-1);
  if (!shown) return <aside className="panel" aria-label="Entry" />;
  return (
    <aside className="panel" aria-label="Entry">
      <section>
        <div className="row between" style={{ marginBottom: 8 }}>
          <h2>{titleOf(shown)}</h2>
          <Link className="muted num" to={scope.at(`proof/leaf/${shown.position}`)}>#{count(shown.position)}</Link>
        </div>
        <EntryFacts entry={shown} />
      </section>
      <Disclosed run={run} entry={shown} />
      <Proof scope={scope} entry={shown} />
    </aside>
  );
}

const SKIPPED = new Set(['run', 'decision', 'disclosed', 'display', 'inputs', 'parameters', 'frozen', 'evidence', 'output', 'comment', 'sealedInputs', 'dedupeKey', 'reasons']);

export function EntryFacts({ entry }: { entry: Entry }) {
  const header = entry.header as { actor?: { id?: string; kind?: string } };
  const event = entry.event as Record<string, unknown>;
  const decision = event.decision as { effect?: string; reasons?: string[]; entryPoint?: string; inputSha256?: string; revisions?: Record<string, string> } | undefined;
  const facts: [string, React.ReactNode][] = [['At', <Time key="at" at={entry.recordedAt} millis />]];
  if (header.actor?.id) facts.push(['By', `${header.actor.id} (${(header.actor.kind ?? '').toLowerCase()})`]);
  if (decision) {
    facts.push(['Decided', <b key="d">{decision.effect}</b>], ['Because', (decision.reasons ?? []).join(', ')], ['Rule', <code key="r">{decision.entryPoint}</code>]);
    if (decision.inputSha256) facts.push(['Input', <Hash key="i" value={decision.inputSha256} />]);
  }
  if (Array.isArray(event.reasons)) facts.push(['Because', (event.reasons as string[]).join(', ')]);
  for (const [name, value] of Object.entries(event)) {
    if (SKIPPED.has(name) || value === '' || value === null || Array.isArray(value)) continue;
    facts.push([label(name), show(name, value)]);
  }
  if (facts.length === 1) facts.push(['What', detailOf(entry)]);
  return <Facts of={facts} />;
}

function label(name: string): string {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function show(name: string, value: unknown): React.ReactNode {
  if (typeof value === 'number' && /(At|Before|notAfter)$/.test(name)) return <Time at={value} />;
  if (typeof value === 'string' && /^(sha256:)?[0-9a-f]{64}$/.test(value)) return <Hash value={value} />;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && value !== null && 'nanos' in value) {
    const sum = value as { nanos: number; currency?: string };
    return <span className="num">{money(sum.nanos, sum.currency)}</span>;
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value as Record<string, unknown>);
    return <span className="mono small">{parts.map(([k, v]) => `${k} ${typeof v === 'object' ? JSON.stringify(v) : String(v)}`).join(', ')}</span>;
  }
  return String(value);
}

function Disclosed({ run, entry }: { run: Schemas['RunDetail']; entry: Entry }) {
  const event = entry.event as { disclosed?: Record<string, string>; display?: Record<string, string>; inputs?: Record<string, string>; parameters?: Record<string, string>; step?: string; output?: unknown; frozen?: unknown; evidence?: unknown };
  const fields = event.display ?? event.disclosed ?? event.parameters ?? event.inputs ?? run.steps.find((s) => s.step === event.step)?.disclosed ?? {};
  const names = Object.keys(fields);
  const sealed = event.output ?? event.frozen ?? event.evidence;
  if (names.length === 0 && !sealed) return null;
  return (
    <section>
      <h3>Disclosed fields</h3>
      {names.length > 0 ? <Facts of={names.map((name) => [name, <span key={name}>{fields[name]}</span>])} /> : <p className="soft">None.</p>}
      {sealed ? <p className="small muted" style={{ marginTop: 8 }}>▒▒▒ Its content is sealed: only an attested worker can open it, and this server can not.</p> : null}
    </section>
  );
}

export function useLeafVerdict(scope: Scope, position: number) {
  const { trust, loading } = useTrust(scope.tenant);
  return useQuery({
    queryKey: ['leaf', scope.workspace, position, trust?.policy, trust?.changed],
    enabled: !loading,
    staleTime: 30_000,
    queryFn: () => verifyLeaf(scope.workspace, position, trust),
  });
}

function Proof({ scope, entry }: { scope: Scope; entry: Entry }) {
  const verdict = useLeafVerdict(scope, entry.position);
  const sum = verdict.data ? tally(verdict.data.checks) : undefined;
  return (
    <section aria-label="Proof">
      <h3>
        Proof <span className="muted small" style={{ fontWeight: 400 }}>{sum ? `checked in this browser, ${sum.pass} pass${sum.fail ? `, ${sum.fail} FAIL` : ''}, ${sum.open} not verified` : ''}</span>
      </h3>
      {verdict.isPending ? <Skeleton rows={4} /> : verdict.isError ? <Trouble failure={verdict.error} again={() => void verdict.refetch()} /> : <Checks checks={verdict.data.checks} />}
      <div className="row between" style={{ marginTop: 8 }}>
        <Link className="button" to={scope.at(`proof/leaf/${entry.position}`)}>Open in proof explorer</Link>
        <Hash value={entry.leafHash} />
      </div>
    </section>
  );
}
