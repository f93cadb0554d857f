import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { read, told, type Schemas } from '../lib/api';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { age, span, useNow } from '../lib/time';
import { Chip, Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

const TABS = [
  { id: '', state: 'OPEN', label: 'Open' },
  { id: 'approved', state: 'APPROVED', label: 'Approved' },
  { id: 'denied', state: 'DENIED', label: 'Denied' },
  { id: 'expired', state: 'EXPIRED', label: 'Expired' },
] as const;

type Gate = Schemas['GateItem'];

/** What waits for a decision, the nearest deadline first. */
export default function ApprovalsPage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const tab = TABS.find((t) => t.id === (place.query.get('tab') ?? '')) ?? TABS[0];
  const [at, setAt] = useState(0);
  const asked = useInfiniteQuery({
    queryKey: ['gates', tab.state, scope.workspace, 'list'],
    initialPageParam: '',
    queryFn: ({ pageParam }) => told(read.GET('/v1/gates', { params: { query: { state: tab.state, workspace: scope.workspace, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next,
  });
  const gates = asked.data?.pages.flatMap((p) => p.items) ?? [];
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if ((e.target as HTMLElement).closest('input, textarea, select, dialog') || e.ctrlKey || e.metaKey) return;
      const gate = gates[at];
      if (e.key === 'j') setAt((n) => Math.min(n + 1, gates.length - 1));
      else if (e.key === 'k') setAt((n) => Math.max(n - 1, 0));
      else if ((e.key === 'a' || e.key === 'Enter') && gate && !(e.target as HTMLElement).closest('a, button')) go(scope.at(`approvals/${gate.run}/${gate.gate}`));
      else return;
      e.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Approvals</h1>
          <p>Each one is about exactly one frozen call: what you approve is what is sent, or nothing is.</p>
        </div>
        <nav className="tabs" aria-label="State of approvals">
          {TABS.map((t) => (
            <Link key={t.id} to={withQuery(place, { tab: t.id || undefined })} {...(t === tab ? { 'aria-current': 'page' as const } : {})}>{t.label}</Link>
          ))}
        </nav>
      </div>
      {asked.isPending ? (
        <Skeleton />
      ) : asked.isError && gates.length === 0 ? (
        <Trouble failure={asked.error} again={() => void asked.refetch()} />
      ) : gates.length === 0 ? (
        <Empty title={tab.id === '' ? 'Nothing waits for a decision' : `None is ${tab.label.toLowerCase()}`}>
          {tab.id === '' ? 'A new request appears here by itself.' : 'Decided requests stay here as long as the record does.'}
        </Empty>
      ) : (
        <ul className="stack" aria-label="Requests">
          {gates.map((gate, i) => (
            <li key={`${gate.run}/${gate.gate}`}><GateCard scope={scope} gate={gate} current={i === at && tab.id === ''} /></li>
          ))}
          {asked.hasNextPage && <li><button type="button" className="button" onClick={() => void asked.fetchNextPage()}>Show more</button></li>}
        </ul>
      )}
      {gates.length > 0 && tab.id === '' && <p className="small muted"><kbd>j</kbd> <kbd>k</kbd> move, <kbd>a</kbd> reviews</p>}
    </>
  );
}

const TONE = { OPEN: 'gate', APPROVED: 'pass', DENIED: 'fail', EXPIRED: 'open', RUN_ENDED: 'open' } as const;
const WORD = { OPEN: 'Open', APPROVED: 'Approved', DENIED: 'Denied', EXPIRED: 'Expired', RUN_ENDED: 'Run ended' };

export function GateState({ state }: { state: Gate['state'] }) {
  return <Chip tone={TONE[state]}>{WORD[state]}</Chip>;
}

/** Why somebody may not decide; nothing when he may. The server has the last word. */
export function mayNot(scope: Scope, gate: Gate): string | undefined {
  if (gate.state !== 'OPEN') return `It is ${WORD[gate.state].toLowerCase()}.`;
  if (!scope.who.roles.includes(gate.role)) return `It needs the role ${gate.role}; you are ${scope.who.roles.join(', ') || 'without a role'}.`;
  if (scope.who.subject === gate.requester) return 'You requested it. Somebody else has to decide.';
  if (scope.who.subject === gate.author) return 'You wrote the workflow. Somebody else has to decide.';
  return undefined;
}

function GateCard({ scope, gate, current }: { scope: Scope; gate: Gate; current: boolean }) {
  const now = useNow(5_000);
  const to = scope.at(`approvals/${gate.run}/${gate.gate}`);
  const no = mayNot(scope, gate);
  return (
    <article className="card" style={current ? { boxShadow: 'inset 3px 0 0 var(--accent)' } : undefined}>
      <div className="row between" style={{ alignItems: 'flex-start' }}>
        <div className="grow">
          <div className="row">
            <h2><Link to={to}>{gate.externalId || gate.run.slice(0, 8)}</Link></h2>
            <span className="soft">{gate.forStep} in {gate.workflow}</span>
            <GateState state={gate.state} />
          </div>
          <p className="soft" style={{ margin: '2px 0 10px' }}>Policy {gate.reasons.join(', ') || 'asks'}; {gate.quorum} of role {gate.role}. Asked {age(now - gate.requestedAt)} ago.</p>
          <dl className="inline-facts">
            {Object.entries(gate.display).slice(0, 6).map(([name, value]) => (
              <div key={name}><dt>{name}</dt><dd>{short(value)}</dd></div>
            ))}
          </dl>
        </div>
        <div className="stack" style={{ alignItems: 'flex-end', gap: 8 }}>
          {gate.state === 'OPEN' ? <span className="num nowrap"><b>{span(gate.expiresAt - now)}</b> <span className="soft">left</span></span> : <Time at={gate.expiresAt} />}
          <Link className={no ? 'button' : 'button primary'} to={to} title={no}>{no ? 'Open' : 'Review'}</Link>
        </div>
      </div>
    </article>
  );
}

/** Numbers with a dozen decimals say no more than with four. */
export function short(value: string): string {
  return /^\d\.\d{6,}$/.test(value) ? Number(value).toFixed(4) : value;
}
