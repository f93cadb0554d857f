import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { pending } from '../ledger/proof-page';
import { tally } from '../ledger/check';
import { Checks } from '../ledger/checks';
import { allTrust, keptTrust, trustOf } from '../ledger/trust';
import { Link, usePlace } from '../lib/router';
import { save } from '../lib/save';
import { fetched } from '../run/actions';
import { Facts, Skeleton, TONE_ICON, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { DropBundle } from './drop';
import { verifyBundle, type Break, type BundleVerdict } from './verify';

type State = { name: string; file?: File; verdict?: BundleVerdict; failure?: unknown; millis?: number };

/** Verifies a bundle that the reader has. With no session it works as well, and offline. */
export default function BundlePage({ scope }: { scope?: Scope }) {
  const [state, setState] = useState<State>();
  const run = usePlace().query.get('run');
  async function take(file: File) {
    setState({ name: file.name, file });
    const began = performance.now();
    try {
      const trusts = scope ? [keptTrust(scope.tenant)].filter((t) => t !== undefined) : allTrust();
      const verdict = await verifyBundle(new Uint8Array(await file.arrayBuffer()), trusts);
      setState({ name: file.name, file, verdict, millis: performance.now() - began });
    } catch (failure) {
      setState({ name: file.name, failure });
    }
  }
  // A run's page leads here: its bundle is taken from the server, and then believed as little as any other.
  useEffect(() => {
    if (!run || !scope) return;
    setState({ name: `evidence-${run}.zip` });
    trustOf(scope.tenant)
      .then(() => fetched(`/v1/evidence/runs/${run}`, `evidence-${run}.zip`))
      .then(take, (failure: unknown) => setState({ name: run, failure }));
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [run, scope?.tenant]);
  useEffect(() => {
    const file = pending.file;
    pending.file = undefined;
    if (file) void take(file);
    // Once, for the file that was dropped on the page before.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{run && scope ? 'Proof of a run' : 'Check a bundle'}</h1>
          <p>{run && scope ? 'Its bundle was fetched and is checked here, as if a stranger had sent it.' : `For whoever was given a file and believes nobody.${scope ? '' : ' No sign-in is needed here.'}`}</p>
        </div>
        {scope && run && (
          <div className="row">
            <Link className="button" to={scope.at(`runs/${run}`)}>Back to the run</Link>
            <button type="button" className="button" disabled={!state?.file} onClick={() => state?.file && save(state.file, state.file.name)}><Download className="icon" aria-hidden /> Save the bundle</button>
          </div>
        )}
      </div>
      {!run && <DropBundle onFile={(file) => void take(file)} />}
      {state && (
        <div aria-live="polite" className="stack" style={{ gap: 16 }}>
          {state.failure ? <Trouble failure={state.failure} /> : state.verdict ? <Verdict name={state.name} verdict={state.verdict} millis={state.millis ?? 0} /> : <Skeleton />}
        </div>
      )}
    </>
  );
}

function Verdict({ name, verdict, millis }: { name: string; verdict: BundleVerdict; millis: number }) {
  const sum = tally(verdict.checks);
  const failed = sum.fail > 0;
  const first = verdict.breaks[0];
  const complete = verdict.checks.find((c) => c.id === 'complete')?.outcome;
  const believed = ['signature', 'log', 'witnesses'].every((id) => verdict.checks.find((c) => c.id === id)?.outcome === 'pass');
  const Icon = failed ? TONE_ICON.fail : TONE_ICON.pass;
  const report = () => save(new Blob([JSON.stringify({ file: name, at: new Date().toISOString(), ...verdict }, null, 2)], { type: 'application/json' }), `${name.replace(/\.zip$/, '')}-report.json`);
  return (
    <>
      <section className={`banner ${failed ? 'fail' : 'pass'}`} data-verdict={failed ? 'fail' : 'pass'}>
        <Icon className="icon tone-text" style={{ width: 28, height: 28 }} aria-hidden />
        <div className="grow">
          <b style={{ fontSize: 15 }}>{failed ? 'This bundle was changed, or is not what it says.' : 'This bundle is unaltered.'}</b>
          <p>
            {failed && first
              ? `Entry ${first.entry} of ${first.of} is the first that does not hold. Do not rely on entries ${first.entry} to ${first.of}.`
              : failed
                ? 'See below which check did not hold.'
                : believed
                  ? 'Every check that this page can make has passed, under keys that this browser believes.'
                  : 'It agrees with itself. Who stands for it is not verified: this browser trusts no key of its maker.'}
          </p>
        </div>
        <dl className="inline-facts">
          <div><dt>Integrity</dt><dd className={failed ? 'fail tone-text' : 'pass tone-text'}>{failed ? 'FAIL' : 'Pass'}</dd></div>
          <div><dt>Completeness</dt><dd>{complete === 'pass' ? <span className="pass tone-text">Pass</span> : complete === 'fail' ? <span className="fail tone-text">FAIL</span> : 'Not verified'}</dd></div>
          <div><dt>Assurance</dt><dd>{failed ? 'not judged' : believed ? <span className="pass tone-text">Pass</span> : 'Not verified'}</dd></div>
          <div><dt>Checked in</dt><dd className="num">{Math.round(millis)} ms</dd></div>
        </dl>
      </section>
      {verdict.breaks.length > 0 && (
        <section className="card">
          <h2>{verdict.breaks.length === 1 ? 'What is broken' : `First of ${verdict.breaks.length} breaks`}</h2>
          {verdict.breaks.slice(0, 3).map((b, i) => <BreakView key={i} broken={b} />)}
          <p className="soft" style={{ marginTop: 8 }}>{verdict.soundEntries > 0 ? `Still sound: entries 1 to ${verdict.soundEntries}.` : 'No entry before it is sound.'}</p>
        </section>
      )}
      <div className="grid">
        <section className="card span-7">
          <div className="card-head"><h2>{verdict.checks.length} checks</h2><span className="muted small">{sum.pass} pass, {sum.fail} fail, {sum.open} not verified</span></div>
          <Checks checks={verdict.checks} />
        </section>
        <section className="card span-5 stack">
          <h2>{name}</h2>
          <Facts of={[['About', <code key="a">{verdict.title}</code>], ...verdict.facts, ['Entries', String(verdict.entries)], ['Files', String(verdict.files)]]} />
          <div className="row"><button type="button" className="button" onClick={report}><Download className="icon" aria-hidden /> Save the report</button></div>
          <div>
            <p className="small muted">The same, and what this page can not do, by command line:</p>
            <pre className="source" tabIndex={0}>rails evidence verify {name}</pre>
          </div>
        </section>
      </div>
    </>
  );
}

function BreakView({ broken }: { broken: Break }) {
  return (
    <div className="break" data-break={broken.entry}>
      <p><b>Entry {broken.entry} of {broken.of}</b>, {broken.type}, leaf {broken.position}: {broken.what}</p>
      <dl className="facts">
        <dt>Where</dt><dd className="mono">{broken.where}</dd>
        <dt>Recorded</dt><dd className="mono">{broken.recorded}</dd>
        <dt>Computed</dt><dd className="mono">{broken.computed}</dd>
      </dl>
    </div>
  );
}
