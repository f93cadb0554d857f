import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, ChevronLeft, ChevronRight, Eye, EyeOff, KeyRound, Pencil } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { intent, read, told, write } from '../lib/api';
import { amounts, count } from '../lib/money';
import { go, Link } from '../lib/router';
import { age, span, useNow } from '../lib/time';
import { useAct } from '../run/actions';
import { useRun } from '../run/use-run';
import { Chip, Facts, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { reveal } from '../reveal/asking';
import { GateState, RiskChip } from './approvals-page';
import { AskDialog } from './ask-dialog';
import { CorrectDialog } from './correct-dialog';
import { Delegate } from './delegate-dialog';
import { sign } from './passkey';
import { Arguments, type Seen } from './reveal-card';
import { handed, mayNot, useRisks, useSay, type Detail } from './say';

type Verdict = 'APPROVE' | 'DENY' | 'WITHDRAW';
const SAID: Record<Verdict, string> = {
  APPROVE: 'Approved. The call is made once enough have.',
  DENY: 'Denied. Nothing is sent.',
  WITHDRAW: 'Taken back. It waits for an approval again.',
};

/** What exactly will happen, why somebody is asked, and whether he may. */
export default function ApprovalPage({ scope, run, gate }: { scope: Scope; run: string; gate: string }) {
  const asked = useQuery({
    queryKey: ['gate', run, gate],
    queryFn: (): Promise<Detail> => told(read.GET('/v1/runs/{run}/gates/{gate}', { params: { path: { run, gate } } })),
    refetchInterval: 10_000,
  });
  const detail = useRun(run);
  const say = useSay(scope);
  const risk = useRisks(scope, run).get(`${run}/${asked.data?.forStep}`);
  const { act, busy, failure } = useAct(run);
  // The digest that was on the page when it was opened: what is decided about is what was seen.
  const digest = useRef<string | undefined>(undefined);
  const [seen, setSeen] = useState<Seen>();
  const [asking, setAsking] = useState<'DENY' | 'DELEGATE' | 'CORRECT' | 'ASK_INFO' | 'ANSWER_INFO'>();
  // What this page itself corrected the call to: that is not news.
  const own = useRef<string | undefined>(undefined);
  if (asked.data && !digest.current) digest.current = asked.data.callDigest;
  if (asked.data && own.current === asked.data.callDigest) digest.current = asked.data.callDigest;
  const changed = asked.data !== undefined && digest.current !== asked.data.callDigest;
  const no = asked.data ? mayNot(scope, asked.data, say) : 'loading';
  const blocked = busy || changed;

  const decide = (verdict: Verdict) => {
    const g = asked.data;
    if (!g) return Promise.resolve();
    const forWhom = say.roles.includes(g.role) ? undefined : handed(scope, g, say);
    return act(async () => {
      const assertion = verdict === 'APPROVE' && g.signature ? await sign([{ run, gate, callDigest: digest.current ?? '' }]) : undefined;
      return told(
        write.POST('/v1/runs/{run}/gates/{gate}/decisions', {
          params: { path: { run, gate }, header: { 'Idempotency-Key': intent() } },
          body: { verdict, callDigest: digest.current ?? '', channel: 'API', ...(assertion ? { assertion } : {}), ...(forWhom && (verdict === 'APPROVE' || verdict === 'DENY') ? { delegation: forWhom.delegation } : {}) },
        }),
      );
    }, SAID[verdict]).then(() => {
      setAsking(undefined);
      return asked.refetch();
    });
  };

  const around = useNeighbours(scope, run, gate);
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && no === undefined && !blocked && !asking) {
        e.preventDefault();
        void decide('APPROVE');
        return;
      }
      if ((e.target as HTMLElement).closest('input, textarea, select, dialog') || e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.key === '[' && around.before) go(scope.at(around.before));
      else if (e.key === ']' && around.after) go(scope.at(around.after));
      else if (e.key === 'r') document.querySelector<HTMLButtonElement>('[aria-label=Arguments] td button')?.click();
      else if (e.key === 'd' && no === undefined) setAsking('DENY');
      else if (e.key === 'i' && no === undefined && !blocked) setAsking('ASK_INFO');
      else if (e.key === 'c' && no === undefined && !blocked && seen) setAsking('CORRECT');
      else return;
      e.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });

  if (asked.isPending) return <Skeleton rows={8} />;
  if (asked.isError && !asked.data) return <Trouble failure={asked.error} again={() => void asked.refetch()} />;
  const g = asked.data;
  const title = g.externalId || g.run.slice(0, 8);
  const over = detail.data?.endedAt !== undefined;
  const standing = g.decisions.filter((d) => d.stands);
  const mine = !over && (g.state === 'OPEN' || g.state === 'APPROVED') && standing.some((d) => d.approver === scope.who.subject);
  const question = g.decisions.filter((d) => d.verdict === 'ASK_INFO' || d.verdict === 'ANSWER_INFO').at(-1);
  const openQuestion = g.state === 'OPEN' && question?.verdict === 'ASK_INFO' ? question : undefined;
  return (
    <>
      <div className="page-head">
        <div>
          <Link className="small" to={scope.at('approvals')}><ArrowLeft className="icon" style={{ verticalAlign: -3 }} aria-hidden /> Approvals</Link>
          <div className="row">
            <h1>{g.forStep} for {title}</h1>
            <GateState state={g.state} />
            <RiskChip risk={risk} />
            {g.signature && <Chip tone="human" icon={KeyRound}>Signed with a passkey</Chip>}
          </div>
        </div>
        <div className="row">
          {g.state === 'OPEN' && <Left until={g.expiresAt} />}
          <span className="row" style={{ gap: 4 }}>
            {around.before && <Link className="button small" to={scope.at(around.before)} title="The one before ([)"><ChevronLeft className="icon" aria-hidden /><span className="visually-hidden">Before</span></Link>}
            {around.after && <Link className="button small" to={scope.at(around.after)} title="The next one (])"><span className="visually-hidden">Next</span><ChevronRight className="icon" aria-hidden /></Link>}
          </span>
        </div>
      </div>
      {changed && (
        <div className="banner human" role="alert">
          <div className="grow"><b>This is no longer what you opened</b><p>The call was changed meanwhile. Look at the new one before you decide.</p></div>
          <button type="button" className="button" onClick={() => { digest.current = g.callDigest; setSeen(undefined); void asked.refetch(); }}>Open the new call</button>
        </div>
      )}
      {openQuestion && (
        <div className="banner gate" role="status">
          <div className="grow"><b>{openQuestion.approver} asked for information</b><p>The request stays open meanwhile. What was asked is sealed; <a href="#history">History</a> shows it to you.</p></div>
          {openQuestion.approver !== scope.who.subject && scope.can('approver', 'operator', 'builder', 'admin') && <button type="button" className="button" disabled={blocked} onClick={() => setAsking('ANSWER_INFO')}>Answer…</button>}
        </div>
      )}
      <div className="grid">
        <Arguments gate={g} may={no === undefined || scope.can('auditor')} seen={seen} onSeen={setSeen} />
        <section className="card span-6">
          <h2>{no === undefined ? 'Why you are asked' : 'Why people are asked'}</h2>
          <Facts
            of={[
              ['Policy', <Link key="p" to={scope.at(`policy/decisions?run=${g.run}`)}>{g.reasons.join(', ') || 'asks for it'}</Link>],
              ['Needs', `${g.quorum === 1 ? 'one approval' : `${g.quorum} approvals`} from ${g.role}`],
              ['So far', <span key="s"><b className="num">{g.approvals} of {g.quorum}</b>{standing.length > 0 && `: ${standing.map((d) => d.approver).join(', ')}`}{g.level ? <span className="muted"> since {g.level === 1 ? 'it was escalated' : `escalation ${g.level}`}; what was approved before counts no more</span> : null}</span>],
              ['May not', `${g.requester} (requester), ${g.author} (author)`],
              ...(g.state === 'OPEN' ? (g.escalations ?? []) : []).map((e, i): [string, React.ReactNode] => [i === 0 ? 'If nobody does' : 'and then', <span key={i}>{e.quorum} of {e.role} is asked at <Time at={e.at} /></span>]),
              ...(g.state === 'OPEN' ? [['At the end', <span key="e">at <Time at={g.expiresAt} /> the answer is no</span>] as [string, React.ReactNode]] : []),
            ]}
          />
        </section>
        <section className="card span-6">
          <h2>About the run</h2>
          <Facts
            of={[
              ['Run', <span key="r"><Link to={scope.at(`runs/${g.run}`)}>{title}</Link> of {g.workflow}</span>],
              ['Cost so far', detail.data ? amounts(detail.data.cost) : '…'],
              ['Asked', <Asked key="a" at={g.requestedAt} />],
              ['Call', <Hash key="h" value={g.callDigest} />],
              ['Ledger', <Link key="l" to={scope.at(`proof/leaf/${g.position}`)}>#{count(g.position)}</Link>],
            ]}
          />
        </section>
        {(g.state === 'OPEN' || mine || failure !== undefined) && (
        <section className="card span-12 decide" aria-label="Decide">
          <div className="card-head"><h2>Decide</h2>{no && <span className="soft">{no}</span>}</div>
          <div className="row">
            {g.state === 'OPEN' && !no && (
              <>
                <button type="button" className="button primary" disabled={blocked} onClick={() => void decide('APPROVE')}>
                  {g.signature ? <><KeyRound className="icon" aria-hidden /> Approve with passkey</> : 'Approve this call'} <kbd>Ctrl ↵</kbd>
                </button>
                {asking === 'DENY' ? (
                  <button type="button" className="button danger" autoFocus disabled={blocked} onClick={() => void decide('DENY')}>Deny: nothing is sent</button>
                ) : (
                  <button type="button" className="button" disabled={blocked} onClick={() => setAsking('DENY')}>Deny… <kbd>d</kbd></button>
                )}
                <button type="button" className="button" disabled={blocked} onClick={() => setAsking('ASK_INFO')}>Ask… <kbd>i</kbd></button>
                <button type="button" className="button" disabled={blocked || !seen || !detail.data} title={seen ? undefined : 'Reveal the arguments first: who corrects a call must have seen it'} onClick={() => setAsking('CORRECT')}>Correct… <kbd>c</kbd></button>
                {say.roles.includes(g.role) && <button type="button" className="button" disabled={blocked} onClick={() => setAsking('DELEGATE')}>Delegate…</button>}
                {!seen && <span className="muted small">Reveal the arguments to correct them.</span>}
                {!say.roles.includes(g.role) && <span className="muted small">You decide for {handed(scope, g, say)?.by}.</span>}
              </>
            )}
            {mine && <button type="button" className="button" disabled={blocked} onClick={() => void decide('WITHDRAW')}>Take my approval back</button>}
            {no && g.state === 'OPEN' && (
              <button type="button" className="button" onClick={() => void navigator.clipboard.writeText(window.location.href)}>Copy the link for somebody who may</button>
            )}
          </div>
          {failure !== undefined && <div style={{ marginTop: 12 }}><Trouble failure={failure} /></div>}
        </section>
        )}
        <History scope={scope} gate={g} may={no === undefined || scope.can('auditor')} />
      </div>
      {asking === 'CORRECT' && seen && detail.data && (
        <CorrectDialog
          scope={scope}
          gate={g}
          seen={seen}
          artifactDigest={detail.data.artifactDigest}
          onClose={() => setAsking(undefined)}
          onDone={(correctedDigest) => {
            own.current = correctedDigest;
            setAsking(undefined);
            setSeen(undefined);
            void asked.refetch();
          }}
        />
      )}
      {(asking === 'ASK_INFO' || asking === 'ANSWER_INFO') && detail.data && <AskDialog scope={scope} gate={g} callDigest={digest.current ?? ''} artifactDigest={detail.data.artifactDigest} verdict={asking} onClose={() => setAsking(undefined)} onDone={() => { setAsking(undefined); void asked.refetch(); }} />}
      {asking === 'DELEGATE' && <Delegate gate={{ run, gate, title, expiresAt: g.expiresAt, not: [g.requester, g.author] }} onClose={() => setAsking(undefined)} />}
    </>
  );
}

/** The open requests before and after this one, in the inbox's order. */
function useNeighbours(scope: Scope, run: string, gate: string): { before?: string; after?: string } {
  const open = useQuery({ queryKey: ['gates', 'OPEN', scope.workspace], queryFn: () => told(read.GET('/v1/gates', { params: { query: { state: 'OPEN', workspace: scope.workspace, limit: 200 } } })) });
  const items = [...(open.data?.items ?? [])].sort((a, b) => a.expiresAt - b.expiresAt);
  const at = items.findIndex((g) => g.run === run && g.gate === gate);
  const to = (i: number) => (at >= 0 && items[i] ? `approvals/${items[i].run}/${items[i].gate}` : undefined);
  const [before, after] = [to(at - 1), to(at + 1)];
  return { ...(before ? { before } : {}), ...(after ? { after } : {}) };
}

// Their own clocks, so that a tick does not render the page.
function Left({ until }: { until: number }) {
  return <p className="nowrap"><b className="num">{span(until - useNow())}</b> <span className="muted">left; then the answer is no</span></p>;
}

function Asked({ at }: { at: number }) {
  return <><Time at={at} /> <span className="muted">{age(useNow(10_000) - at)} ago</span></>;
}

const DID: Record<string, { word: string; tone: 'pass' | 'fail' | 'gate' | 'open' }> = {
  APPROVE: { word: 'approved', tone: 'pass' },
  DENY: { word: 'denied', tone: 'fail' },
  ASK_INFO: { word: 'asked for information', tone: 'gate' },
  ANSWER_INFO: { word: 'answered', tone: 'open' },
  WITHDRAW: { word: 'took the approval back', tone: 'open' },
  EXPIRE: { word: 'nobody decided in time', tone: 'open' },
};

type Told = { at: number; position: number; node: React.ReactNode };

/** What was said and done about it, in order; texts of questions and answers are shown when somebody who may asks for them. */
function History({ scope, gate, may }: { scope: Scope; gate: Detail; may: boolean }) {
  const [texts, setTexts] = useState<Record<string, string>>();
  const here = useRef(true);
  const { act, busy, failure } = useAct();
  useEffect(() => () => void (here.current = false), []);
  const sealed = gate.decisions.flatMap((d) => refOf(d) ?? []);
  const look = () => reveal(gate.run, 'THREAD', gate.gate, { here: () => here.current });
  const told: Told[] = [
    ...(gate.corrections ?? []).map((c): Told => ({ at: c.correctedAt, position: c.position, node: <><Chip tone="retry" icon={Pencil}>corrected the call</Chip> <b>{c.corrector}</b> <span className="soft">{c.fields.join(', ')}</span> <span className="small">to <Hash value={c.correctedDigest} /></span> {c.signed && <Signed />}</> })),
    { at: gate.requestedAt, position: gate.position, node: <><Chip tone="gate">requested</Chip> <span>for {gate.requester}</span></> },
    ...gate.decisions.map((d): Told => {
      const did = DID[d.verdict] ?? { word: d.verdict, tone: 'open' as const };
      const ref = refOf(d);
      return {
        at: d.decidedAt,
        position: d.position,
        node: (
          <>
            <Chip tone={did.tone}>{did.word}</Chip>
            <b>{d.approver}</b>
            {d.onBehalfOf && <span className="soft">for {d.onBehalfOf}</span>}
            {d.verdict === 'APPROVE' && !d.stands && <span className="muted small">counts no more</span>}
            {d.signed && <Signed />}
            <span className="muted small">by {d.channel === 'API' ? 'console or API' : d.channel.toLowerCase()}</span>
            {d.callDigest !== gate.callDigest && d.callDigest && <span className="small">about another call <Hash value={d.callDigest} /></span>}
            {ref && (texts?.[ref] !== undefined ? <q>{texts[ref]}</q> : <span className="muted small" aria-label="sealed text">▒▒▒▒▒▒</span>)}
          </>
        ),
      };
    }),
  ];
  // A correction comes before the request that it led to, and a request before what is said of it.
  told.sort((a, b) => a.at - b.at);
  return (
    <section className="card span-12" id="history" aria-label="History">
      <div className="card-head">
        <h2>History</h2>
        {sealed.length > 0 && may && (texts ? (
          <button type="button" className="button small" onClick={() => setTexts(undefined)}><EyeOff className="icon" aria-hidden /> Hide the texts</button>
        ) : (
          <button type="button" className="button small" disabled={busy} onClick={() => void act(look, 'The texts are shown in this browser only.').then((s) => s && here.current && setTexts(Object.fromEntries(s.parts.map((p) => [p.name, String(p.json)]))))}><Eye className="icon" aria-hidden /> {busy ? 'Waiting for an attested worker' : 'Reveal the texts in this browser'}</button>
        ))}
      </div>
      <ol className="stack" style={{ gap: 10 }}>
        {told.map((t, i) => (
          <li key={i} className="row">
            <Time at={t.at} /> {t.node} <Link className="muted small" to={scope.at(`proof/leaf/${t.position}`)}>#{count(t.position)}</Link>
          </li>
        ))}
      </ol>
      {failure !== undefined && <div style={{ marginTop: 12 }}><Trouble failure={failure} /></div>}
    </section>
  );
}

function Signed() {
  return <span className="soft row" style={{ gap: 4 }}><KeyRound className="icon" style={{ width: 13 }} aria-hidden /> signed with a passkey</span>;
}

/** Under what name the text of a question or answer is revealed. */
function refOf(decision: object): string | undefined {
  return (decision as { comment?: { ref?: string } }).comment?.ref;
}
