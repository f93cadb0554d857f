import { useQuery } from '@tanstack/react-query';
import { read, told as ask, type Schemas } from '../lib/api';
import { Link } from '../lib/router';
import { span } from '../lib/time';
import { TONE_ICON, type Tone } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { ResolveCall, RetryButton } from './actions';
import { main, words } from './status';
import type { Entry } from './timeline';

type Run = Schemas['RunDetail'];
type Waiting = Schemas['WaitingItem'];

const TONE: Record<Waiting['reason'], Tone> = { GATE: 'gate', RETRY: 'retry', POLICY: 'retry', THROTTLE: 'throttle', BUDGET: 'budget', HUMAN_TASK: 'human', DEAD_LETTER: 'human', WORKER: 'worker' };

/** Why it waits, who can move it, by when; and the button that does. */
export function WaitBanner({ scope, run, entries, now }: { scope: Scope; run: Run; entries: Entry[]; now: number }) {
  const waiting = main(run.waiting);
  const gate = useQuery({
    queryKey: ['gate', run.run, waiting?.step],
    enabled: waiting?.reason === 'GATE' && run.endedAt === undefined,
    queryFn: () => ask(read.GET('/v1/runs/{run}/gates/{gate}', { params: { path: { run: run.run, gate: waiting?.step ?? '' } } })),
  }).data;
  if (!waiting || run.endedAt !== undefined) return null;
  const since = [...entries].reverse().find((e) => (e.event as { step?: string; gate?: string }).step === waiting.step || (e.event as { gate?: string }).gate === waiting.step)?.recordedAt ?? run.startedAt;
  if (waiting.reason === 'WORKER' && now - since < 4_000) return null;
  const tone = TONE[waiting.reason];
  const Icon = TONE_ICON[tone];
  const told = sentence(scope, run, waiting, entries, now, now - since, gate);
  return (
    <div className={`banner ${tone}`} role="status" aria-label="Why it waits">
      <span className={`tile pattern ${tone}`} aria-hidden><span><Icon className="icon" /></span></span>
      <div className="grow">
        <b>{told.title}</b>
        <p>{told.text}</p>
      </div>
      <div className="row">{told.action}</div>
    </div>
  );
}

function sentence(scope: Scope, run: Run, waiting: Waiting, entries: Entry[], now: number, waited: number, gate: Schemas['GateDetail'] | undefined) {
  const attempt = run.steps.find((s) => s.step === waiting.step)?.attempt ?? 0;
  const left = waiting.until ? ` in ${span(waiting.until - now)}` : '';
  switch (waiting.reason) {
    case 'GATE': {
      const request = [...entries].reverse().find((e) => e.entryType === 'HUMAN_GATE_REQUESTED' && (e.event as { gate?: string }).gate === waiting.step)?.event as
        | { quorum?: number; role?: string; reasons?: string[]; forStep?: string }
        | undefined;
      const reasons = request?.reasons ?? [];
      // Who is asked now may be others than those who were asked first.
      const { quorum = 1, role = 'an approver' } = gate ?? request ?? {};
      return {
        title: `Waiting ${span(waited)} for ${quorum === 1 ? 'one approval' : `${quorum} approvals`} from ${role}.`,
        text: (
          <>
            {gate && (quorum > 1 || gate.level) ? <span><b style={{ display: 'inline' }}>{gate.approvals} of {quorum}</b> so far{gate.level ? ', since others did not decide in time' : ''}. </span> : null}
            Policy {reasons.map((r, i) => <span key={r}>{i > 0 && ', '}<Link to={scope.at(`policy/decisions?run=${run.run}`)}>{r}</Link></span>)} requires it before <b style={{ display: 'inline' }}>{request?.forStep ?? 'the call'}</b> may be made.
            {waiting.until ? ` If nobody decides${left}, the answer is no.` : ''}
            {scope.can('approver') ? '' : ' Your role can not decide it.'}
          </>
        ),
        action: (
          <Link className={scope.can('approver') ? 'button primary' : 'button'} to={scope.at(`approvals/${run.run}/${waiting.step}`)}>
            {scope.can('approver') ? 'Review and decide' : 'See what is asked'}
          </Link>
        ),
      };
    }
    case 'HUMAN_TASK':
      return {
        title: `We do not know whether ${waiting.step} had its effect.`,
        text: 'The connection broke after sending, and this call can not be repeated safely. A person has to look in the other system and say.',
        action: <ResolveCall scope={scope} run={run} step={waiting.step} entries={entries} />,
      };
    case 'DEAD_LETTER':
      return {
        title: `${waiting.step} has stopped: ${words(waiting.code)}.`,
        text: `All its attempts are used. It has waited for an operator for ${span(waited)}. What was done before stays done.`,
        action: <RetryButton scope={scope} run={run} step={waiting.step} attempt={attempt + 1} />,
      };
    case 'RETRY':
      return { title: `${waiting.step} is tried again${left}.`, text: `The last attempt did not succeed: ${words(waiting.code)}.`, action: <RetryButton scope={scope} run={run} step={waiting.step} attempt={attempt} /> };
    case 'THROTTLE':
      return { title: `${waiting.step} goes on${left}.`, text: 'Policy lets fewer calls through at a time. It goes on by itself.', action: null };
    case 'BUDGET':
      return {
        title: 'Paused: the budget is used.',
        text: `It goes on${left || ' when an admin raises the budget'}.`,
        action: <Link className="button" to={scope.at('cost')}>{scope.can('admin') ? 'Raise the budget' : 'See cost'}</Link>,
      };
    case 'POLICY':
      return { title: 'Policy can not be asked.', text: `Nothing is sent without an answer. It is asked again${left}.`, action: <Link className="button" to={scope.at('policy')}>Policy</Link> };
    default:
      return { title: `Waiting ${span(waited)} for a worker.`, text: `No worker has taken ${waiting.step} up yet.`, action: <Link className="button" to={scope.at('workers')}>See workers</Link> };
  }
}
