import { useState } from 'react';
import { told, write } from '../lib/api';
import { useAct } from '../run/actions';
import { Dialog, Hash, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';

/** What a person orders about a version in one environment. */
export interface Order {
  what: 'activate' | 'deactivate' | 'release' | 'withdraw';
  /** the only one it can be about; else it is asked for */
  environment?: string;
}

interface About {
  workflow: string;
  version: string;
}

const WORDS = {
  activate: {
    title: (of: About) => `Activate ${of.workflow} v${of.version}`,
    explained: 'New runs there use this version from now on. Runs that are under way stay on theirs.',
    button: (environment: string) => `Activate in ${environment}`,
    said: (of: About, environment: string) => `v${of.version} runs in ${environment}.`,
    usual: 'dev',
  },
  deactivate: {
    title: (of: About) => `Stop ${of.workflow}`,
    explained: 'No new run starts there until a version is activated again. Runs that are under way go on.',
    button: (environment: string) => `Stop in ${environment}`,
    said: (of: About, environment: string) => `${of.workflow} starts no new run in ${environment}.`,
    usual: 'dev',
  },
  release: {
    title: (of: About) => `Release ${of.workflow} v${of.version}`,
    explained: 'It may then be activated there. You did not write it; the record names you beside its author and its digest.',
    button: (environment: string) => `Release it for ${environment}`,
    said: (of: About, environment: string) => `v${of.version} may run in ${environment} from now on.`,
    usual: 'prod',
  },
  withdraw: {
    title: (of: About) => `Take the release of ${of.workflow} v${of.version} back`,
    explained: 'No new run of it starts there, and nobody activates it there before it is released again. Runs that are under way go on.',
    button: (environment: string) => `Take it back in ${environment}`,
    said: (of: About, environment: string) => `v${of.version} may not run in ${environment} any more.`,
    usual: 'prod',
  },
};

function send(what: Order['what'], workspace: string, { workflow, version }: About, environment: string, key: string) {
  const params = { path: { ws: workspace, id: workflow }, header: { 'Idempotency-Key': key } };
  const body = { environment, version };
  switch (what) {
    case 'activate':
      return told(write.POST('/v1/workspaces/{ws}/workflows/{id}/activate', { params, body }));
    case 'deactivate':
      return told(write.POST('/v1/workspaces/{ws}/workflows/{id}/deactivate', { params, body: { environment } }));
    case 'release':
      return told(write.POST('/v1/workspaces/{ws}/workflows/{id}/releases', { params, body }));
    case 'withdraw':
      return told(write.POST('/v1/workspaces/{ws}/workflows/{id}/release-withdrawals', { params, body }));
  }
}

/** @param digest of the version: a release is about exactly this one */
export function OrderDialog({ scope, workflow, version, digest, order, onClose }: { scope: Scope; workflow: string; version: string; digest: string; order: Order; onClose: () => void }) {
  const words = WORDS[order.what];
  const about = { workflow, version };
  const [environment, setEnvironment] = useState(order.environment ?? words.usual);
  const { act, busy, failure } = useAct();
  const valid = /^[a-z][a-z0-9-]{0,31}$/.test(environment);
  return (
    <Dialog
      title={words.title(about)}
      onClose={onClose}
      foot={<>
        <button type="button" className="button" onClick={onClose}>Leave it</button>
        <button type="button" className="button primary" disabled={busy || !valid} onClick={() => void act((key) => send(order.what, scope.workspace, about, environment, key), words.said(about, environment)).then((done) => done && onClose())}>{words.button(environment)}</button>
      </>}
    >
      <p className="soft">{words.explained}</p>
      {order.what === 'release' && <Hash value={digest} full />}
      {order.environment === undefined && <label className="field">Environment<input className="input" value={environment} onChange={(e) => setEnvironment(e.target.value)} aria-invalid={!valid} /></label>}
      {failure !== undefined && <Trouble failure={failure} />}
    </Dialog>
  );
}
