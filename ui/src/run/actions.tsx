import { useQueryClient } from '@tanstack/react-query';
import { Ban, Download, Ellipsis, FileCheck2, GitFork, History, Link2, RotateCw, ShieldCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import { intent, raw, told, write, type Schemas } from '../lib/api';
import { go, Link } from '../lib/router';
import { save } from '../lib/save';
import { announce, Dialog, Menu, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import type { Entry } from './timeline';
import { useOpenRun } from './use-run';

type Run = Schemas['RunDetail'];

/** Runs a command once for one intent, and says what came of it. */
export function useAct(run?: string) {
  const queries = useQueryClient();
  const key = useRef(intent());
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  async function act<T>(what: (key: string) => Promise<T>, said: string): Promise<T | undefined> {
    setBusy(true);
    setFailure(undefined);
    try {
      const done = await what(key.current);
      key.current = intent();
      announce(said);
      if (run) await queries.invalidateQueries({ queryKey: ['run', run] });
      for (const list of ['runs', 'gates', 'dlq', 'gate', 'delegations', 'policy', 'proposals', 'budgets', 'passkeys', 'keys', 'roles', 'versions', 'active']) void queries.invalidateQueries({ queryKey: [list] });
      return done;
    } catch (problem) {
      setFailure(problem);
      return undefined;
    } finally {
      setBusy(false);
    }
  }
  return { act, busy, failure, clear: () => setFailure(undefined) };
}

/** @param progress bytes so far, and of how many where the server says */
export async function download(path: string, name: string, progress?: (bytes: number, all: number | undefined) => void): Promise<void> {
  const file = await fetched(path, name, progress);
  save(file, file.name);
}

/** A file of the server's, under the name that it gives. */
export async function fetched(path: string, name: string, progress?: (bytes: number, all: number | undefined) => void): Promise<File> {
  const response = await raw(path);
  const given = /filename="?([^";]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const all = Number(response.headers.get('content-length')) || undefined;
  let bytes = 0;
  const counted = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, control) {
        bytes += chunk.length;
        progress?.(bytes, all);
        control.enqueue(chunk);
      },
    }),
  );
  return new File([await new Response(counted).blob()], given ?? name, { type: 'application/zip' });
}

export function RunActions({ scope, run, onPlayBack }: { scope: Scope; run: Run; onPlayBack?: () => void }) {
  const [asking, setAsking] = useState<'cancel' | 'fork' | 'retry'>();
  const { act, busy, failure, clear } = useAct(run.run);
  const over = run.endedAt !== undefined;
  const stopped = run.steps.filter((s) => s.status === 'DEAD').map((s) => s.step);
  const mayExport = scope.can('auditor', 'admin', 'operator');
  return (
    <div className="row">
      {mayExport && (
        <button type="button" className="button" disabled={busy} onClick={() => void act(() => download(`/v1/evidence/runs/${run.run}`, `evidence-${run.run}.zip`), 'The evidence bundle was written; that you took it is in the ledger.')}>
          <Download className="icon" aria-hidden /> {busy ? 'Preparing' : 'Evidence'}
        </button>
      )}
      {mayExport && (
        <Link className="button" to={scope.at(`proof/bundle?run=${run.run}`)}>
          <ShieldCheck className="icon" aria-hidden /> Prove this run
        </Link>
      )}
      <Menu label="More" button={(open) => <button type="button" className="button" aria-expanded={open} aria-label="More actions"><Ellipsis className="icon" aria-hidden /></button>}>
        {(close) => (
          <>
            <button type="button" onClick={() => { void navigator.clipboard.writeText(window.location.href); announce('The link was copied.'); close(); }}>
              <Link2 className="icon" aria-hidden /> Copy link
            </button>
            <button type="button" onClick={() => go(scope.at(`proof/leaf/${run.position}`))}>
              <FileCheck2 className="icon" aria-hidden /> Prove its last entry
            </button>
            {onPlayBack && (
              <button type="button" onClick={() => { onPlayBack(); close(); }}>
                <History className="icon" aria-hidden /> Play it back
              </button>
            )}
            {scope.can('operator') && (
              <>
                <hr />
                <button type="button" onClick={() => { setAsking('fork'); close(); }}>
                  <GitFork className="icon" aria-hidden /> Fork: run it again
                </button>
                {!over && stopped.length > 0 && (
                  <button type="button" onClick={() => { setAsking('retry'); close(); }}>
                    <RotateCw className="icon" aria-hidden /> Retry what has stopped
                  </button>
                )}
                {!over && (
                  <button type="button" onClick={() => { setAsking('cancel'); close(); }}>
                    <Ban className="icon" aria-hidden /> Cancel the run
                  </button>
                )}
              </>
            )}
          </>
        )}
      </Menu>
      {asking === 'cancel' && <CancelDialog run={run} onClose={() => setAsking(undefined)} />}
      {asking === 'retry' && <RetryAllDialog run={run} steps={stopped} onClose={() => setAsking(undefined)} />}
      {asking === 'fork' && <ForkDialog scope={scope} run={run} onClose={() => setAsking(undefined)} />}
      {failure !== undefined && <Dialog title="The bundle was not made" onClose={clear}><Trouble failure={failure} /></Dialog>}
    </div>
  );
}

function CancelDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const [reason, setReason] = useState('OPERATOR_CANCELLED');
  const { act, busy, failure } = useAct(run.run);
  const valid = /^[A-Z][A-Z0-9_]{0,63}$/.test(reason);
  return (
    <Dialog
      title={`Cancel ${run.externalId || run.run}?`}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="button" onClick={onClose}>Keep it running</button>
          <button
            type="button"
            className="button danger"
            disabled={busy || !valid}
            onClick={() =>
              void act((key) => told(write.POST('/v1/runs/{run}/cancel', { params: { path: { run: run.run }, header: { 'Idempotency-Key': key } }, body: { reason } })), 'The run was cancelled.').then((done) => done && onClose())
            }
          >
            Cancel the run
          </button>
        </>
      }
    >
      <p className="soft">No further call is made. A call that is under way is finished and recorded. What was done stays done.</p>
      <label className="field">
        Reason code, kept in the clear for ever
        <input className="input mono" value={reason} onChange={(e) => setReason(e.target.value.toUpperCase())} aria-invalid={!valid} />
      </label>
      {!valid && <p className="small fail tone-text">Capital letters, digits and _ only, for example WRONG_TICKET.</p>}
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}

/** Sends on every step of the run whose attempts are used up. */
function RetryAllDialog({ run, steps, onClose }: { run: Run; steps: string[]; onClose: () => void }) {
  const { act, busy, failure } = useAct(run.run);
  return (
    <Dialog
      title={`Retry ${steps.length === 1 ? steps[0] : `${steps.length} steps`} of ${run.externalId || run.run}?`}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="button" onClick={onClose}>Leave {steps.length === 1 ? 'it' : 'them'}</button>
          <button type="button" className="button primary" disabled={busy} onClick={() => void act((key) => told(write.POST('/v1/dlq/replays', { params: { header: { 'Idempotency-Key': key } }, body: { run: run.run, dryRun: false } })), 'It is tried again.').then((done) => done && onClose())}>Retry {steps.join(', ')}</button>
        </>
      }
    >
      <p className="soft">Each gets a new attempt under today's policy; what was done before stays done. A call whose effect is not known is left out: somebody has to look first.</p>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}

function ForkDialog({ scope, run, onClose }: { scope: Scope; run: Run; onClose: () => void }) {
  const [step, setStep] = useState('');
  const { act, busy, failure } = useAct(run.run);
  const openRun = useOpenRun(scope);
  return (
    <Dialog
      title={`Run ${run.externalId || run.run} again`}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="button" onClick={onClose}>Close</button>
          <button
            type="button"
            className="button primary"
            disabled={busy}
            onClick={() =>
              void act((key) => told(write.POST('/v1/runs/{run}/fork', { params: { path: { run: run.run }, header: { 'Idempotency-Key': key } }, body: step ? { step } : {} })), 'A new run was started.').then((done) => {
                if (done) onClose();
                return openRun(done);
              })
            }
          >
            {step ? `Fork from ${step}` : 'Fork from the beginning'}
          </button>
        </>
      }
    >
      <p className="soft">A new run of the same version with the same inputs. Policy and approvals are asked anew.</p>
      <label className="field">
        From
        <select className="input" value={step} onChange={(e) => setStep(e.target.value)}>
          <option value="">the beginning</option>
          {run.steps.filter((s) => !s.step.includes('.')).map((s) => <option key={s.step} value={s.step}>{s.step}</option>)}
        </select>
      </label>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}

/** @param attempt the one that it makes */
export function RetryButton({ scope, run, step, attempt, small = false }: { scope: Scope; run: { run: string }; step: string; attempt: number; small?: boolean }) {
  const { act, busy, failure, clear } = useAct(run.run);
  if (!scope.can('operator')) return <span className="soft small">An operator can retry it.</span>;
  return (
    <>
      <button
        type="button"
        className={small ? 'button small' : 'button primary'}
        disabled={busy}
        onClick={() => void act((key) => told(write.POST('/v1/runs/{run}/retry', { params: { path: { run: run.run }, header: { 'Idempotency-Key': key } }, body: { step } })), `${step} is tried again, attempt ${attempt}.`)}
      >
        <RotateCw className="icon" aria-hidden /> Retry {step}, attempt {attempt}
      </button>
      {failure !== undefined && <Dialog title="It was not retried" onClose={clear}><Trouble failure={failure} /></Dialog>}
    </>
  );
}

/** Only a person who has looked can say; the words say what follows. */
export function ResolveCall({ scope, run, step, entries }: { scope: Scope; run: { run: string }; step: string; entries: Entry[] }) {
  const { act, busy, failure, clear } = useAct(run.run);
  const call = [...entries].reverse().find((e) => e.entryType === 'TOOL_ACTION_INTENDED' && (e.event as { step?: string }).step === step)?.event as { callId?: string } | undefined;
  if (!scope.can('operator')) return <span className="soft small">An operator can say.</span>;
  if (!call?.callId) return null;
  const callId = call.callId;
  const say = (resolution: 'DONE' | 'NOT_DONE' | 'RUN_AGAIN', said: string) => () =>
    void act((key) => told(write.POST('/v1/runs/{run}/calls/{call}/resolve', { params: { path: { run: run.run, call: callId }, header: { 'Idempotency-Key': key } }, body: { resolution } })), said);
  return (
    <>
      <button type="button" className="button" disabled={busy} onClick={say('DONE', 'Recorded: it was done.')}>It was done</button>
      <button type="button" className="button" disabled={busy} onClick={say('NOT_DONE', 'Recorded: it was not done.')}>It was not</button>
      <button type="button" className="button danger" disabled={busy} onClick={say('RUN_AGAIN', 'It is run again.')}>Run it again</button>
      {failure !== undefined && <Dialog title="It was not recorded" onClose={clear}><Trouble failure={failure} /></Dialog>}
    </>
  );
}
