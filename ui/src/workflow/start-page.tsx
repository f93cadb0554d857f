import { useQuery } from '@tanstack/react-query';
import { LockKeyhole } from 'lucide-react';
import { useState } from 'react';
import { told, write } from '../lib/api';
import { Link } from '../lib/router';
import { sealTo } from '../reveal/seal';
import { useAct } from '../run/actions';
import { useOpenRun } from '../run/use-run';
import { Empty, Skeleton, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { artifactOf } from './artifact';
import { cast, good } from './typed';
import { useActive, useVersions } from './workflows-page';

/** Starts a run by hand; the form is what the version declares. */
export default function StartPage({ scope, workflow }: { scope: Scope; workflow: string }) {
  const versions = useVersions(scope);
  const active = useActive(scope);
  const own = (versions.data ?? []).filter((v) => v.workflow === workflow);
  const places = own.flatMap((v) => (active.data?.get(`${workflow}\n${v.version}`) ?? []).map((environment) => ({ environment, version: v })));
  const [chosen, setChosen] = useState('');
  const at = places.find((p) => p.environment === chosen) ?? places[0];
  const artifact = useQuery({ queryKey: ['artifact', at?.version.artifactDigest], enabled: at !== undefined, queryFn: () => artifactOf(at?.version.artifactDigest ?? ''), staleTime: Infinity });
  const [values, setValues] = useState<Record<string, string>>({});
  const [structured, setStructured] = useState<Record<string, boolean>>({});
  const { act, busy, failure } = useAct();
  const openRun = useOpenRun(scope);
  if (versions.isPending || active.isPending) return <Skeleton />;
  if (!at) return <Empty title={`${workflow} runs nowhere`} action={<Link className="button" to={scope.at(`workflows/${workflow}`)}>See its versions</Link>}>Activate a version in an environment first.</Empty>;
  if (artifact.isPending) return <Skeleton />;
  if (artifact.isError) return <Trouble failure={artifact.error} />;
  const { inputs, triggers } = artifact.data.artifact;
  const trigger = triggers.find((t) => t.kind === 'MANUAL' || t.kind === 'API');
  const sealed = Object.entries(inputs).filter(([, t]) => t.type === 'CONTENT').map(([name]) => name);
  const open = Object.entries(inputs).filter(([, t]) => t.type !== 'CONTENT');
  const missing = [...open.filter(([name, typed]) => !good(typed, values[name] ?? '')).map(([name]) => name), ...sealed.filter((name) => (values[name] ?? '') === '' || (structured[name] && !isJson(values[name] ?? '')))];
  const start = async (key: string) => {
    const inputs = Object.fromEntries(open.map(([name, typed]) => [name, cast(typed, values[name] ?? '')]));
    const sealedInputs: Record<string, string> = {};
    // Sealed before it leaves: the version's key, and what it is for, so that it opens for nothing else.
    for (const name of sealed) sealedInputs[name] = await sealTo(artifact.data.ingestPublicKey, ['airails', '1', 'input', scope.tenant, artifact.data.digest, name].join('|'), structured[name] ? (values[name] ?? '') : JSON.stringify(values[name]));
    return told(write.POST('/v1/runs', { params: { header: { 'Idempotency-Key': key } }, body: { workflow, environment: at.environment, trigger: trigger?.id ?? '', inputs: inputs as never, ...(sealed.length > 0 ? { sealedInputs } : {}) } }));
  };
  return (
    <>
      <div className="page-head"><div><h1>Start {workflow}</h1><p>Version {at.version.version} in {at.environment}. You become its requester, so you may not approve its gates.</p></div></div>
      {!trigger ? (
        <Empty title="It can not be started by hand">Its triggers are {triggers.map((t) => `${t.id} (${t.kind.toLowerCase()})`).join(', ')}.</Empty>
      ) : (
        <form
          className="card stack"
          style={{ maxWidth: 560 }}
          onSubmit={(e) => {
            e.preventDefault();
            void act(start, 'The run was started.').then(openRun);
          }}
        >
          {places.length > 1 && (
            <label className="field">Environment
              <select className="input" value={at.environment} onChange={(e) => setChosen(e.target.value)}>{places.map((p) => <option key={p.environment}>{p.environment}</option>)}</select>
            </label>
          )}
          {open.map(([name, typed]) => (
            <label key={name} className="field">
              <span>{name} <span className="muted">{typed.type.toLowerCase()}, in the clear</span></span>
              {typed.type === 'ENUM' ? (
                <select className="input" value={values[name] ?? ''} onChange={(e) => setValues({ ...values, [name]: e.target.value })}><option value="">choose</option>{typed.values.map((v) => <option key={v}>{v}</option>)}</select>
              ) : typed.type === 'BOOLEAN' ? (
                <select className="input" value={values[name] ?? ''} onChange={(e) => setValues({ ...values, [name]: e.target.value })}><option value="">choose</option><option>true</option><option>false</option></select>
              ) : (
                <input className="input" inputMode={typed.type === 'INTEGER' || typed.type === 'NUMBER' ? 'decimal' : 'text'} maxLength={64} value={values[name] ?? ''} onChange={(e) => setValues({ ...values, [name]: e.target.value })} aria-invalid={(values[name] ?? '') !== '' && !good(typed, values[name] ?? '')} />
              )}
            </label>
          ))}
          {sealed.map((name) => (
            <div key={name} className="stack" style={{ gap: 4 }}>
              <label className="field">
                <span className="row" style={{ gap: 4 }}><LockKeyhole className="icon" style={{ width: 13 }} aria-hidden /> {name} <span className="muted">content, sealed in this browser; this server can not read it</span></span>
                <textarea className={structured[name] ? 'input mono' : 'input'} rows={4} maxLength={200_000} value={values[name] ?? ''} onChange={(e) => setValues({ ...values, [name]: e.target.value })} aria-invalid={structured[name] === true && (values[name] ?? '') !== '' && !isJson(values[name] ?? '')} />
              </label>
              <label className="row small"><input type="checkbox" className="check" checked={structured[name] ?? false} onChange={(e) => setStructured({ ...structured, [name]: e.target.checked })} /> {name} is JSON, not a text</label>
            </div>
          ))}
          {failure !== undefined && <Trouble failure={failure} />}
          <div className="row">
            <button type="submit" className="button primary" disabled={busy || missing.length > 0}>Start in {at.environment}</button>
            {missing.length > 0 && <span className="muted small">Still needed: {missing.join(', ')}</span>}
          </div>
        </form>
      )}
    </>
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
