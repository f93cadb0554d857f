import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { components } from '../api/read';
import { read, told, write } from '../lib/api';
import { amounts } from '../lib/money';
import { useAct } from '../run/actions';
import { Chip, Dialog, Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

type Environment = components['schemas']['TenantEnvironment'];
type Project = components['schemas']['Project'];
type Kind = Environment['kind'];

const KINDS: Kind[] = ['development', 'staging', 'production'];
const ID = /^[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,127}$/;

/** The tenant's log up to here is in what is shown: whoever ordered something sees it. */
const upTo = (position: number) => ({ params: { query: { workspace: '_tenant', atLeast: position } } });

/** What follows an order: if it was taken, its position is told and the dialog closes. */
const ended = (onDone: (position: number) => void, onClose: () => void) => (done: { position: number } | undefined) => {
  if (!done) return;
  onDone(done.position);
  onClose();
};

/** What the tenant's environments are for, and which of its work belongs together. */
export function Places({ scope }: { scope: Scope }) {
  return (
    <>
      <Environments scope={scope} />
      <Projects scope={scope} />
    </>
  );
}

function Environments({ scope }: { scope: Scope }) {
  const [declaring, setDeclaring] = useState<Environment | 'new'>();
  const [position, setPosition] = useState(0);
  const environments = useQuery({ queryKey: ['environments', scope.tenant, position], placeholderData: keepPreviousData, queryFn: () => told(read.GET('/v1/environments', upTo(position))).then((page) => page.items) });
  const admin = scope.can('admin');
  return (
    <section className="card table-wrap" aria-label="Environments">
      <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>Environments</h2>{admin && <button type="button" className="button small" onClick={() => setDeclaring('new')}>Declare an environment…</button>}</div>
      {environments.isPending ? <div style={{ padding: 16 }}><Skeleton /></div> : environments.isError ? <Trouble failure={environments.error} again={() => void environments.refetch()} /> : environments.data.length === 0 ? <Empty title="No environment yet">The first run or the first declaration names one.</Empty> : (
        <table className="table">
          <thead><tr><th>Environment</th><th>Is</th><th>A version runs there</th><th>Said by</th>{admin && <th className="right"><span className="visually-hidden">Declare</span></th>}</tr></thead>
          <tbody>
            {environments.data.map((e) => (
              <tr key={e.environment}>
                <td><b>{e.environment}</b></td>
                <td>{e.kind}</td>
                <td>{e.needsRelease ? 'after a release by somebody who did not write it' : 'as soon as it is activated'}</td>
                <td>
                  {e.state === 'DECLARED' ? <span>{e.declaredBy} {e.declaredAt !== undefined && <Time at={e.declaredAt} />}</span> : e.state === 'PROPOSED' ? <span className="row"><Chip tone="gate">proposed</Chip> as {e.proposedKind} by {e.proposedBy}</span> : <span className="muted">nobody; its name says so</span>}
                </td>
                {admin && <td className="right">{e.state === 'DECLARED' ? null : e.state === 'PROPOSED' && e.proposedBy === scope.who.subject ? <span className="soft small">Another administrator confirms it.</span> : <button type="button" className="button small" onClick={() => setDeclaring(e)}>{e.state === 'PROPOSED' ? 'Decide…' : 'Declare…'}</button>}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {declaring && <Declare of={declaring === 'new' ? undefined : declaring} onDone={setPosition} onClose={() => setDeclaring(undefined)} />}
    </section>
  );
}

function Declare({ of, onDone, onClose }: { of: Environment | undefined; onDone: (position: number) => void; onClose: () => void }) {
  const [environment, setEnvironment] = useState(of?.environment ?? '');
  const [kind, setKind] = useState<Kind>(of?.proposedKind ?? of?.kind ?? 'production');
  const { act, busy, failure } = useAct();
  const valid = /^[a-z][a-z0-9-]{0,31}$/.test(environment);
  const over = ended(onDone, onClose);
  return (
    <Dialog
      title={of ? `What ${of.environment} is for` : 'Declare an environment'}
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Leave it</button>
        <button type="button" className="button primary" disabled={busy || !valid} onClick={() => void act((key) => told(write.POST('/v1/environments', { params: { header: { 'Idempotency-Key': key } }, body: { environment, kind } })), `${environment} as ${kind}: said.`).then(over)}>It is {kind}</button>
      </>}
    >
      <p className="soft">Said once and for ever. What demands less than the name does counts when two administrators say the same.</p>
      {!of && <label className="field">Environment<input className="input" value={environment} autoFocus onChange={(e) => setEnvironment(e.target.value.trim())} aria-invalid={environment !== '' && !valid} placeholder="prod-eu" /></label>}
      <fieldset style={{ border: 0, padding: 0, margin: 0 }} className="stack">
        <legend className="visually-hidden">Kind</legend>
        {KINDS.map((k) => <label key={k} className="row"><input type="radio" name="kind" checked={kind === k} onChange={() => setKind(k)} /> {k}</label>)}
      </fieldset>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}

function Projects({ scope }: { scope: Scope }) {
  const [editing, setEditing] = useState<Project | 'new'>();
  const [position, setPosition] = useState(0);
  const projects = useQuery({ queryKey: ['projects', scope.tenant, position], placeholderData: keepPreviousData, queryFn: () => told(read.GET('/v1/projects', upTo(position))).then((page) => page.items) });
  const admin = scope.can('admin');
  return (
    <section className="card table-wrap" aria-label="Projects">
      <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>Projects</h2>{admin && <button type="button" className="button small" onClick={() => setEditing('new')}>New project…</button>}</div>
      {projects.isPending ? <div style={{ padding: 16 }}><Skeleton /></div> : projects.isError ? <Trouble failure={projects.error} again={() => void projects.refetch()} /> : projects.data.length === 0 ? <Empty title="No project yet">A project says which workspaces and workflows belong together, whose they are, and what they cost.</Empty> : (
        <table className="table">
          <thead><tr><th>Project</th><th>Owner</th><th>Workspaces</th><th>Workflows</th><th className="right">Cost so far</th>{admin && <th className="right"><span className="visually-hidden">Change</span></th>}</tr></thead>
          <tbody>{projects.data.map((p) => <Row key={p.project} scope={scope} project={p} onChange={() => setEditing(p)} />)}</tbody>
        </table>
      )}
      {editing && <EditProject scope={scope} of={editing === 'new' ? undefined : editing} onDone={setPosition} onClose={() => setEditing(undefined)} />}
    </section>
  );
}

function Row({ scope, project: p, onChange }: { scope: Scope; project: Project; onChange: () => void }) {
  const whole = useQuery({ queryKey: ['project', scope.tenant, p.project], queryFn: () => told(read.GET('/v1/projects/{project}', { params: { path: { project: p.project } } })) });
  return (
    <tr>
      <td><b>{p.project}</b></td>
      <td>{p.owner}</td>
      <td>{p.workspaces.join(', ') || <span className="muted">none as a whole</span>}</td>
      <td>{p.workflows.join(', ') || <span className="muted">none by name</span>}</td>
      <td className="right num">{whole.isError ? <span className="muted">not known</span> : whole.data ? amounts(whole.data.cost ?? []) : '…'}</td>
      {scope.can('admin') && <td className="right"><button type="button" className="button small" onClick={onChange}>Change…</button></td>}
    </tr>
  );
}

function EditProject({ scope, of, onDone, onClose }: { scope: Scope; of: Project | undefined; onDone: (position: number) => void; onClose: () => void }) {
  const [project, setProject] = useState(of?.project ?? '');
  const [owner, setOwner] = useState(of?.owner ?? scope.who.subject);
  const [workspaces, setWorkspaces] = useState(of?.workspaces ?? []);
  const [workflows, setWorkflows] = useState(of?.workflows.join(' ') ?? '');
  const { act, busy, failure } = useAct();
  const named = workflows.split(/[\s,]+/).filter(Boolean);
  const valid = ID.test(project) && ID.test(owner) && named.every((w) => ID.test(w)) && workspaces.length + named.length > 0;
  const path = { params: { path: { project } } };
  const over = ended(onDone, onClose);
  return (
    <Dialog
      title={of ? `Project ${of.project}` : 'New project'}
      onClose={onClose}
      foot={<>
        {of && <button type="button" className="button danger" disabled={busy} onClick={() => void act(() => told(write.DELETE('/v1/projects/{project}', path)), `${of.project} is dissolved.`).then(over)}>Dissolve it</button>}
        <button type="button" className="button" onClick={onClose}>Leave it</button>
        <button type="button" className="button primary" disabled={busy || !valid} onClick={() => void act(() => told(write.PUT('/v1/projects/{project}', { ...path, body: { owner, workspaces, workflows: named } })), `${project} is set.`).then(over)}>Set it</button>
      </>}
    >
      <p className="soft">A workspace or workflow belongs to one project at most. A workflow that is named here counts here and not in its workspace's project.</p>
      {!of && <label className="field">Project<input className="input" value={project} autoFocus onChange={(e) => setProject(e.target.value.trim())} aria-invalid={project !== '' && !ID.test(project)} placeholder="service-desk" /></label>}
      <label className="field">Owner<input className="input" value={owner} onChange={(e) => setOwner(e.target.value.trim())} aria-invalid={!ID.test(owner)} /></label>
      <fieldset style={{ border: 0, padding: 0, margin: 0 }} className="stack">
        <legend className="small">Whole workspaces</legend>
        {scope.workspaces.map((w) => <label key={w} className="row"><input type="checkbox" className="check" checked={workspaces.includes(w)} onChange={() => setWorkspaces((now) => (now.includes(w) ? now.filter((each) => each !== w) : [...now, w]))} /> <code>{w}</code></label>)}
      </fieldset>
      <label className="field">Workflows by name<input className="input" value={workflows} onChange={(e) => setWorkflows(e.target.value)} placeholder="itsm-triage customer-refund" /></label>
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
