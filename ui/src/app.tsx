import { lazy, Suspense, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { go, usePlace } from './lib/router';
import { leaving, returning } from './boot';
import { Choice, NoRole, signIn, switchPerson } from './lib/session';
import { useWho } from './lib/who';
import { Boundary } from './ui/boundary';
import { Empty, Skeleton, Trouble } from './ui/parts';
import { Shell } from './ui/shell';
import { landing, WorkspaceGate, type Scope } from './ui/scope';
import { PAGES, type Loader } from './pages';

/** A page, at once if it is loaded and else when it is. */
function page<P extends object>(load: Loader<P>): ComponentType<P> {
  const Later = lazy(load);
  return function Page(props: P) {
    // As long as it is shown it stays what it was, so that it keeps its state.
    const [Shown] = useState<ComponentType<P>>(() => load.ready ?? Later);
    return <Shown {...props} />;
  };
}

const HomePage = page(PAGES.home);
const RunsPage = page(PAGES.runs);
const RunPage = page(PAGES.run);
const ApprovalsPage = page(PAGES.approvals);
const ApprovalPage = page(PAGES.approval);
const ProofPage = page(PAGES.proof);
const LeafPage = page(PAGES.leaf);
const ComparePage = page(PAGES.compare);
const BundlePage = page(PAGES.bundle);
const WorkflowsPage = page(PAGES.workflows);
const WorkflowPage = page(PAGES.workflow);
const StartPage = page(PAGES.start);
const ConnectorsPage = page(PAGES.connectors);
const WorkersPage = page(PAGES.workers);
const PolicyPage = page(PAGES.policy);
const DecisionsPage = page(PAGES.decisions);
const DraftsPage = page(PAGES.drafts);
const LimitsPage = page(PAGES.limits);
const AccountPage = page(PAGES.account);
const CostPage = page(PAGES.cost);
const CompliancePage = page(PAGES.compliance);
const FailedPage = page(PAGES.failed);
const TenantPage = page(PAGES.tenant);
const GoPage = page(PAGES.go);

export function App() {
  const { path } = usePlace();
  const who = useWho();
  if (path[0] === 'sign-in') return <Returning />;
  if (path[0] === 'verify') {
    return (
      <main className="page" id="page">
        <Suspense fallback={<Skeleton />}>
          <BundlePage />
        </Suspense>
      </main>
    );
  }
  if (!who) return <SignedOut />;
  return <Inside />;
}

/** Whoever has no session goes to sign in; whoever just signed out is asked first. */
function SignedOut() {
  const { href, query } = usePlace();
  const [failure, setFailure] = useState<unknown>();
  const out = query.get('signed-out') !== null;
  useEffect(() => {
    if (!out) leaving(href).catch(setFailure);
  }, [href, out]);
  if (failure instanceof Choice && failure.providers.length > 1) return <Alone><Providers choice={failure} to={out ? '/' : href} onFailure={setFailure} /></Alone>;
  if (failure) return <Alone><Trouble failure={failure} again={() => window.location.reload()} /></Alone>;
  if (!out) return <Alone><Skeleton rows={3} /></Alone>;
  return (
    <Alone>
      <Empty
        title="You are signed out"
        action={
          <button type="button" className="button primary" onClick={() => void signIn('/', { choose: true }).catch(setFailure)}>
            Sign in
          </button>
        }
      >
        Nothing of your session is left in this browser.
      </Empty>
    </Alone>
  );
}

/** Several providers vouch for people here, each for its own tenant. */
function Providers({ choice, to, onFailure }: { choice: Choice; to: string; onFailure: (failure: unknown) => void }) {
  return (
    <div className="card stack" style={{ marginTop: 16 }}>
      <h2>Where do you sign in?</h2>
      {choice.providers.map((p) => (
        <button key={p.name} type="button" className="button" style={{ justifyContent: 'flex-start', minHeight: 40 }} onClick={() => void signIn(to, { provider: p.name }).catch(onFailure)}>
          <b>{p.name}</b> <span className="muted">{new URL(p.issuer).host}</span>
        </button>
      ))}
    </div>
  );
}

function Returning() {
  const { query } = usePlace();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    returning(query).then((to) => go(to, { replace: true }), setFailure);
  }, [query]);
  return (
    <Alone>
      {failure instanceof NoRole ? (
        <Empty
          title="You have no role here yet"
          action={
            <button type="button" className="button primary" onClick={() => void signIn('/', { choose: true, provider: failure.provider })}>
              Sign in as somebody else
            </button>
          }
        >
          {failure.message}
        </Empty>
      ) : failure ? (
        <>
          <Trouble failure={failure} />
          <div className="row" style={{ marginTop: 16 }}>
            <button type="button" className="button primary" onClick={() => void signIn('/')}>
              Sign in again
            </button>
          </div>
        </>
      ) : (
        <Skeleton rows={3} />
      )}
    </Alone>
  );
}

function Alone({ children }: { children: ReactNode }) {
  return (
    <main className="page" id="page" style={{ maxWidth: 560, margin: '12vh auto 0' }}>
      <h1>AI Rails</h1>
      {children}
    </main>
  );
}

function Inside() {
  const { path, query } = usePlace();
  const who = useWho();
  useEffect(() => {
    if (who && path.length === 0) go(landing(who), { replace: true });
    if (query.get('signed-out') !== null) go('/', { replace: true });
  }, [path, query, who]);
  if (!who || path.length === 0) return <Alone><Skeleton rows={3} /></Alone>;
  return (
    <WorkspaceGate>
      {(scope) => (
        <Shell scope={scope}>
          <Boundary key={path.join('/')}>
            <Suspense fallback={<Skeleton />}>{pageAt(scope, path)}</Suspense>
          </Boundary>
        </Shell>
      )}
    </WorkspaceGate>
  );
}

function pageAt(scope: Scope, path: string[]): ReactNode {
  if (path[0] === 'go') return <GoPage scope={scope} what={path.slice(1).join('/')} />;
  const [, tenant, , workspace, area, one, two, three] = path;
  if (path[0] !== 't' || tenant !== scope.tenant || (workspace !== undefined && workspace !== scope.workspace)) return <NotHere scope={scope} />;
  switch (area) {
    case undefined:
      return <HomePage scope={scope} />;
    case 'runs':
      return one ? <RunPage key={one} scope={scope} run={one} /> : <RunsPage scope={scope} />;
    case 'approvals':
      return one && two ? <ApprovalPage key={`${one}/${two}`} scope={scope} run={one} gate={two} /> : <ApprovalsPage scope={scope} />;
    case 'proof':
      if (one === 'leaf' && two) return <LeafPage key={two} scope={scope} position={Number(two)} />;
      if (one === 'compare') return <ComparePage scope={scope} />;
      if (one === 'bundle') return <BundlePage scope={scope} />;
      return <ProofPage scope={scope} />;
    case 'workflows':
      if (one && two === 'start') return <StartPage scope={scope} workflow={one} />;
      return one ? <WorkflowPage key={one} scope={scope} workflow={one} version={two === 'v' ? three : undefined} /> : <WorkflowsPage scope={scope} />;
    case 'connectors':
      return <ConnectorsPage scope={scope} />;
    case 'workers':
      return <WorkersPage scope={scope} />;
    case 'policy':
      if (one === 'decisions') return <DecisionsPage scope={scope} />;
      if (one === 'drafts' || one === 'simulations') return <DraftsPage key={two} scope={scope} kind={one} id={two} />;
      if (one === 'limits') return <LimitsPage scope={scope} />;
      return one ? <NotHere scope={scope} /> : <PolicyPage scope={scope} />;
    case 'cost':
      return <CostPage scope={scope} />;
    case 'compliance':
      return <CompliancePage scope={scope} />;
    case 'failed-work':
      return <FailedPage scope={scope} />;
    case 'account':
      return <AccountPage scope={scope} />;
    case 'tenant':
      return <TenantPage scope={scope} />;
    default:
      return <NotHere scope={scope} />;
  }
}

function NotHere({ scope }: { scope: Scope }) {
  const { href, path } = usePlace();
  const other = path[0] === 't' && path[1] && path[1] !== scope.tenant ? path[1] : undefined;
  return (
    <>
    <h1 className="visually-hidden">Not found</h1>
    <Empty
      title="Not found here"
      action={
        <>
          <button type="button" className="button" onClick={() => switchPerson(href, other)}>
            Switch tenant
          </button>
          <a className="button primary" href={scope.at()}>
            Home
          </a>
        </>
      }
    >
      There is nothing with this address in {scope.name}, or not for your role.
    </Empty>
    </>
  );
}
