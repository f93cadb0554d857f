import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { KeyRound, TrendingUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { read, told, write } from '../lib/api';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { age, span, useNow } from '../lib/time';
import { Chip, Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { BatchDialog } from './batch-dialog';
import { Delegate } from './delegate-dialog';
import { Delegations } from './delegations';
import { mayNot, short, useRisks, useSay, WORD, type Gate, type Risk, type Say } from './say';

const TABS = [
  { id: '', state: 'OPEN', label: 'Open' },
  { id: 'approved', state: 'APPROVED', label: 'Approved' },
  { id: 'denied', state: 'DENIED', label: 'Denied' },
  { id: 'expired', state: 'EXPIRED', label: 'Expired' },
] as const;
const SORTS = { '': 'Nearest deadline', age: 'Longest wait', risk: 'Highest risk' } as const;
const HEIGHT: Record<Risk, number> = { R4: 5, R3: 4, R2: 3, R1: 2, R0: 1, '': 0 };
const MOST = 20;
const keyOf = (gate: Gate) => `${gate.run}/${gate.gate}`;

/** What waits for a decision. */
export default function ApprovalsPage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const tab = TABS.find((t) => t.id === (place.query.get('tab') ?? '')) ?? TABS[0];
  const handing = place.query.get('tab') === 'delegations';
  const mine = place.query.get('whose') === 'mine';
  const sort = place.query.get('sort') ?? '';
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [asking, setAsking] = useState<'BATCH' | 'DELEGATE'>();
  const asked = useInfiniteQuery({
    queryKey: ['gates', tab.state, scope.workspace, 'list'],
    initialPageParam: '',
    queryFn: ({ pageParam }) => told(read.GET('/v1/gates', { params: { query: { state: tab.state, workspace: scope.workspace, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next,
  });
  const say = useSay(scope);
  const risks = useRisks(scope);
  const riskOf = (gate: Gate) => risks.get(`${gate.run}/${gate.forStep}`) ?? '';
  const all = asked.data?.pages.flatMap((p) => p.items) ?? [];
  const gates = all.filter((g) => !mine || tab.id !== '' || mayNot(scope, g, say) === undefined);
  if (tab.id === '') gates.sort((a, b) => (sort === 'age' ? a.requestedAt - b.requestedAt : sort === 'risk' ? HEIGHT[riskOf(b)] - HEIGHT[riskOf(a)] || a.expiresAt - b.expiresAt : a.expiresAt - b.expiresAt));
  const picked = gates.filter((g) => chosen.has(keyOf(g)));
  /** Only the same question about other things can be answered at once. */
  const fits = (gate: Gate, among: Set<string>) => {
    const first = gates.find((g) => among.has(keyOf(g)));
    return mayNot(scope, gate, say) === undefined && (first === undefined || (gate.workflow === first.workflow && gate.forStep === first.forStep && among.size < MOST));
  };
  // Keys may come faster than the page is drawn: where one is and what was chosen are kept beside the drawn state.
  const now = useRef({ at: 0, chosen });
  const move = (to: number) => setAt((now.current.at = Math.max(0, Math.min(to, gates.length - 1))));
  const choose = (next: Set<string>) => setChosen((now.current.chosen = next));
  const toggle = (gate: Gate) => {
    const next = new Set(now.current.chosen);
    if (!next.delete(keyOf(gate)) && fits(gate, next)) next.add(keyOf(gate));
    choose(next);
  };
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if ((e.target as HTMLElement).closest('input:not([type=checkbox]), textarea, select, dialog') || e.ctrlKey || e.metaKey || e.altKey || handing) return;
      const gate = gates[now.current.at];
      if (e.key === 'j') move(now.current.at + 1);
      else if (e.key === 'k') move(now.current.at - 1);
      else if (e.key === 'x' && gate && tab.id === '') toggle(gate);
      else if (e.key === 'b' && now.current.chosen.size > 1) setAsking('BATCH');
      else if ((e.key === 'a' || e.key === 'Enter') && gate && !(e.target as HTMLElement).closest('a, button')) go(scope.at(`approvals/${gate.run}/${gate.gate}`));
      else return;
      e.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });
  useEffect(() => void document.querySelector('[data-current=true]')?.scrollIntoView({ block: 'nearest' }), [at]);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Approvals</h1>
          <p>Each one is about exactly one frozen call: what you approve is what is sent, or nothing is.</p>
        </div>
        <nav className="tabs" aria-label="State of approvals">
          {TABS.map((t) => (
            <Link key={t.id} to={withQuery(place, { tab: t.id || undefined })} {...(t === tab && !handing ? { 'aria-current': 'page' as const } : {})}>{t.label}</Link>
          ))}
          <Link to={withQuery(place, { tab: 'delegations' })} {...(handing ? { 'aria-current': 'page' as const } : {})}>Delegations</Link>
        </nav>
      </div>
      {handing ? <Delegations scope={scope} onNew={() => setAsking('DELEGATE')} /> : (
        <>
          {tab.id === '' && all.length > 0 && (
            <div className="row between">
              <div className="row">
                <div className="tabs" role="group" aria-label="Whose">
                  <button type="button" aria-pressed={!mine} onClick={() => go(withQuery(place, { whose: undefined }))}>All {all.length}</button>
                  <button type="button" aria-pressed={mine} onClick={() => go(withQuery(place, { whose: 'mine' }))}>I may decide {all.filter((g) => mayNot(scope, g, say) === undefined).length}</button>
                </div>
                <label className="row small">First
                  <select className="input" value={sort} onChange={(e) => go(withQuery(place, { sort: e.target.value || undefined }))}>{Object.entries(SORTS).map(([id, word]) => <option key={id} value={id}>{word}</option>)}</select>
                </label>
                <Load />
              </div>
              {picked.length > 0 && (
                <div className="row">
                  <span className="soft">{picked.length} chosen</span>
                  <button type="button" className="button" onClick={() => choose(new Set())}>None</button>
                  <button type="button" className="button primary" disabled={picked.length < 2} onClick={() => setAsking('BATCH')}>Decide together… <kbd>b</kbd></button>
                </div>
              )}
            </div>
          )}
          {asked.isPending ? (
            <Skeleton />
          ) : asked.isError && gates.length === 0 ? (
            <Trouble failure={asked.error} again={() => void asked.refetch()} />
          ) : gates.length === 0 ? (
            <div className="card">
              <Empty title={tab.id === '' ? (all.length > 0 ? 'None of them is yours to decide' : 'Nothing waits for a decision') : `None is ${tab.label.toLowerCase()}`}>
                {tab.id === '' ? 'A new request appears here by itself.' : 'Decided requests stay here as long as the record does.'}
              </Empty>
            </div>
          ) : (
            <ul className="stack" aria-label="Requests">
              {gates.map((gate, i) => (
                <li key={keyOf(gate)}>
                  <GateCard scope={scope} gate={gate} risk={riskOf(gate)} say={say} current={i === at && tab.id === ''} {...(tab.id === '' && (chosen.has(keyOf(gate)) || fits(gate, chosen)) ? { pick: { chosen: chosen.has(keyOf(gate)), toggle: () => toggle(gate) } } : {})} />
                </li>
              ))}
              {asked.hasNextPage && <li><button type="button" className="button" onClick={() => void asked.fetchNextPage()}>Show more</button></li>}
            </ul>
          )}
          {gates.length > 0 && tab.id === '' && <p className="small muted"><kbd>j</kbd> <kbd>k</kbd> move, <kbd>a</kbd> reviews, <kbd>x</kbd> chooses, <kbd>b</kbd> decides what was chosen together</p>}
        </>
      )}
      {asking === 'BATCH' && <BatchDialog gates={picked} onClose={(done) => { setAsking(undefined); if (done) choose(new Set()); }} />}
      {asking === 'DELEGATE' && <Delegate onClose={() => setAsking(undefined)} />}
    </>
  );
}

/** How much the approvers decided lately: who is asked too often stops looking. */
function Load() {
  const asked = useQuery({ queryKey: ['approvers'], staleTime: 60_000, retry: false, queryFn: () => told(write.GET('/access/v1/approvers', {})).catch(() => null) });
  const busiest = [...(asked.data?.items ?? [])].sort((a, b) => b.lastHour - a.lastHour)[0];
  if (!busiest) return null;
  return <span className="muted small" title={asked.data?.items.map((a) => `${a.approver}: ${a.lastHour} this hour, ${a.lastDay} today`).join('\n')}>{busiest.approver} decided {busiest.lastHour} this hour{asked.data?.limitPerHour ? ` of ${asked.data.limitPerHour}` : ''}</span>;
}

const TONE = { OPEN: 'gate', APPROVED: 'pass', DENIED: 'fail', EXPIRED: 'open', CORRECTED: 'retry', RUN_ENDED: 'open' } as const;

export function GateState({ state }: { state: Gate['state'] }) {
  return <Chip tone={TONE[state]}>{WORD[state]}</Chip>;
}

export function RiskChip({ risk }: { risk: Risk | undefined }) {
  if (!risk) return null;
  const word = { R4: 'Highest risk', R3: 'High risk', R2: 'Medium risk', R1: 'Low risk', R0: 'No risk' }[risk] ?? 'Risk';
  return <Chip tone={risk === 'R4' || risk === 'R3' ? 'fail' : risk === 'R2' ? 'gate' : 'open'} icon={TrendingUp}>{word}, {risk}</Chip>;
}

type Pick = { chosen: boolean; toggle: () => void };

function GateCard({ scope, gate, risk, say, current, pick }: { scope: Scope; gate: Gate; risk: Risk; say: Say; current: boolean; pick?: Pick }) {
  const now = useNow(5_000);
  const to = scope.at(`approvals/${gate.run}/${gate.gate}`);
  const no = mayNot(scope, gate, say);
  const title = gate.externalId || gate.run.slice(0, 8);
  return (
    <article className="card" data-current={current} style={current ? { boxShadow: 'inset 3px 0 0 var(--accent)' } : undefined}>
      <div className="row between" style={{ alignItems: 'flex-start', flexWrap: 'nowrap' }}>
        {pick && <input type="checkbox" className="check" checked={pick.chosen} onChange={pick.toggle} aria-label={`Choose ${title}`} />}
        <div className="grow">
          <div className="row">
            <h2><Link to={to}>{title}</Link></h2>
            <span className="soft">{gate.forStep} in {gate.workflow}</span>
            {gate.state !== 'OPEN' && <GateState state={gate.state} />}
            <RiskChip risk={risk} />
            {gate.signature && <Chip tone="human" icon={KeyRound}>Passkey</Chip>}
            {gate.level ? <Chip tone="gate" icon={TrendingUp}>Escalated</Chip> : null}
          </div>
          <p className="soft" style={{ margin: '2px 0 10px' }}>Policy {gate.reasons.join(', ') || 'asks'}; {gate.approvals} of {gate.quorum === 1 ? 'one approval' : `${gate.quorum} approvals`} from {gate.role}. Asked {age(now - gate.requestedAt)} ago.</p>
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
