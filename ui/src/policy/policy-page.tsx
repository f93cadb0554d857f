import { useQuery } from '@tanstack/react-query';
import { read, told, write } from '../lib/api';
import { count } from '../lib/money';
import { go, Link } from '../lib/router';
import { useAct } from '../run/actions';
import { Chip, Empty, Hash, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import type { Rule } from './lint';
import { mayRead, useData, useDrafts, useSimulations } from './queries';
import { PolicyTabs } from './tabs';

/** What policy is in force, what is proposed, and how one becomes the other. */
export default function PolicyPage({ scope }: { scope: Scope }) {
  const data = useData(scope);
  const drafts = useDrafts(scope);
  const simulated = useSimulations(scope);
  const bundles = useQuery({ queryKey: ['bundles', scope.tenant], queryFn: () => told(read.GET('/v1/ledgers/{ws}/entries', { params: { path: { ws: '_tenant' }, query: { limit: 20, newestFirst: true, types: 'POLICY_BUNDLE_PUBLISHED' } } })) });
  const open = (drafts.data ?? []).filter((d) => d.state === 'OPEN');
  const tools = Object.entries(data.data?.data.tools ?? {}).flatMap(([tool, { actions }]) => Object.entries(actions).map(([action, grant]) => ({ tool, action, grant })));
  return (
    <>
      <PolicyTabs scope={scope} at="" title="Policy" words="What is not granted here is denied. Every call is decided before it is let out; no decision means no.">
        {scope.can('admin', 'builder') && <Link className="button primary" to={scope.at('policy/drafts/new')}>Propose a change</Link>}
      </PolicyTabs>
      {open.length > 0 && (
        <section className="card">
          <h2>Proposed</h2>
          <ul className="stack" style={{ gap: 10 }}>
            {open.map((d) => {
              const own = simulated.data?.find((s) => s.candidateSha256 === d.contentSha256);
              return (
                <li key={d.draft} className="row between">
                  <span className="row">
                    <Link to={scope.at(`policy/drafts/${d.draft}`)}><b>Draft of {d.author}</b></Link> <Hash value={d.contentSha256} />
                    {own ? <Chip tone={own.reproduced ? 'pass' : 'fail'}>simulated: {count(own.changed)} of {count(own.decisions)} change</Chip> : <Chip tone="gate">to be simulated</Chip>}
                  </span>
                  <Link className={scope.can('admin') && d.author !== scope.who.subject ? 'button primary small' : 'button small'} to={scope.at(`policy/drafts/${d.draft}`)}>{scope.can('admin') && d.author !== scope.who.subject ? 'Review and decide' : 'Open'}</Link>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      <section className="card table-wrap">
        <div className="row between" style={{ padding: '14px 16px 4px' }}><h2>What is granted</h2>{data.data && <span className="small muted row">content <Hash value={data.data.contentSha256} /></span>}</div>
        {!mayRead(scope) ? <p className="soft" style={{ padding: '0 16px 14px' }}>Admins, auditors and builders see it; your role does not. Why a call was allowed or not is under Decisions.</p> : data.isPending ? <div style={{ padding: 16 }}><Skeleton rows={4} /></div> : data.isError ? <Trouble failure={data.error} again={() => void data.refetch()} /> : tools.length === 0 ? <Empty title="Nothing is granted yet">So nothing leaves. Propose a change, or let an admin grant what a workflow needs.</Empty> : (
          <table className="table">
            <thead><tr><th>Call</th><th>In</th><th>Needs</th><th>Parameters</th><th>By</th></tr></thead>
            <tbody>
              {tools.map(({ tool, action, grant }) => (
                <tr key={`${tool}.${action}`}>
                  <td><b>{tool}.{action}</b> {!grant.enabled && <Chip tone="fail">off</Chip>}</td>
                  <td>{grant.environments.join(', ') || <span className="muted">nowhere</span>}</td>
                  <td>{grant.quorum ? `${grant.quorum} ${grant.quorum === 1 ? 'approval' : 'approvals'}` : <span className="muted">no approval by itself</span>}{grant.tainted_quorum !== undefined && grant.tainted_quorum !== grant.quorum ? <span className="soft small"> {grant.tainted_quorum} after content from outside</span> : null}</td>
                  <td className="small">{Object.entries(grant.params ?? {}).map(([name, rule]) => `${name} ${ruleWords(rule)}`).join('; ') || <span className="muted">any</span>}</td>
                  <td className="small">{count(grant.workflow_digests.length)} {grant.workflow_digests.length === 1 ? 'version' : 'versions'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section className="card table-wrap">
        <h2 style={{ padding: '14px 16px 4px' }}>Versions</h2>
        {bundles.isPending ? <div style={{ padding: 16 }}><Skeleton rows={2} /></div> : bundles.isError ? <Trouble failure={bundles.error} /> : bundles.data.items.length === 0 ? <p className="soft" style={{ padding: '0 16px 14px' }}>Only the platform's own bundle is in force.</p> : (
          <table className="table">
            <thead><tr><th>Revision</th><th>Published by</th><th>When</th><th>Content</th><th>Ledger</th><th className="right"><span className="visually-hidden">What one can do</span></th></tr></thead>
            <tbody>
              {bundles.data.items.map((e, i) => {
                const b = e.event as { revision?: string; author?: string; contentSha256?: string };
                return (
                  <tr key={e.position}>
                    <td><code>{b.revision?.replace(/^t_[0-9a-z-]+@/, '')}</code> {i === 0 && <Chip tone="pass">in force</Chip>}</td>
                    <td>{b.author}</td>
                    <td><Time at={e.recordedAt} /></td>
                    <td>{b.contentSha256 && <Hash value={b.contentSha256} />}</td>
                    <td className="num">#{count(e.position)}</td>
                    <td className="right">{i > 0 && b.contentSha256 && b.contentSha256 !== data.data?.contentSha256 && scope.can('admin', 'builder') && <BringBack scope={scope} content={b.contentSha256} />}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </section>
      {(drafts.data ?? []).some((d) => d.state !== 'OPEN') && (
        <section className="card">
          <h2>Decided drafts</h2>
          <ul className="stack" style={{ gap: 8 }}>{drafts.data?.filter((d) => d.state !== 'OPEN').slice(0, 10).map((d) => <li key={d.draft} className="row"><Chip tone={d.state === 'PUBLISHED' ? 'pass' : 'fail'}>{d.state === 'PUBLISHED' ? 'accepted' : 'rejected'}</Chip><Link to={scope.at(`policy/drafts/${d.draft}`)}>Draft of {d.author}</Link><Hash value={d.contentSha256} /></li>)}</ul>
        </section>
      )}
    </>
  );
}

export function ruleWords(rule: Rule): string {
  switch (rule.kind) {
    case 'enum':
      return rule.values.length > 3 ? `is one of ${rule.values.length}` : `is ${rule.values.join(' or ')}`;
    case 'max':
      return `up to ${rule.max}`;
    case 'range':
      return `${rule.min} to ${rule.max}`;
    default:
      return 'is given';
  }
}

/** Proposes an earlier content, the way any other change is. */
function BringBack({ scope, content }: { scope: Scope; content: string }) {
  const { act, busy, failure } = useAct();
  return (
    <>
      <button type="button" className="button small" disabled={busy} onClick={() => void act((key) => told(write.POST('/v1/policy/drafts', { params: { header: { 'Idempotency-Key': key } }, body: { content } })), 'Proposed. It is simulated and decided like any draft.').then((d) => d && go(scope.at(`policy/drafts/${(d as unknown as { draft: string }).draft}`)))}>Bring back…</button>
      {failure !== undefined && <Trouble failure={failure} />}
    </>
  );
}
