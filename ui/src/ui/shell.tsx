import { useQuery } from '@tanstack/react-query';
import { Activity, AlertCircle, Building2, ChevronsUpDown, ClipboardList, Coins, Cpu, House, KeyRound, ListTree, LogOut, Moon, Plug, Scale, Search, ShieldCheck, Sun, UserCheck, Users, Workflow as WorkflowIcon, type LucideIcon } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { read, told } from '../lib/api';
import { useConnection } from '../lib/connection';
import { useLive } from '../lib/live';
import { go, Link, usePlace } from '../lib/router';
import { forget, isDevelopment, switchPerson } from '../lib/session';
import { age, timeOfDay, useNow } from '../lib/time';
import { Palette, useShortcuts } from './palette';
import { Announcements, Menu } from './parts';
import { shortId, type Scope } from './scope';
import { theme, toggleTheme } from './theme';

export type Item = { to: string; label: string; icon: LucideIcon; count?: number };

/** What a role may not do is absent. */
function groups(scope: Scope, waiting: number, failed: number): { name: string; items: Item[] }[] {
  const operate: Item[] = [
    { to: scope.at(), label: 'Home', icon: House },
    { to: scope.at('runs'), label: 'Runs', icon: ListTree },
    { to: scope.at('approvals'), label: 'Approvals', icon: UserCheck, count: scope.can('approver') ? waiting : 0 },
    { to: scope.at('proof'), label: 'Proof', icon: ShieldCheck },
  ];
  const configure: Item[] = [
    { to: scope.at('workflows'), label: 'Workflows', icon: WorkflowIcon },
    { to: scope.at('policy'), label: 'Policy', icon: Scale },
    { to: scope.at('connectors'), label: 'Connectors', icon: Plug },
    { to: scope.at('workers'), label: 'Workers', icon: Cpu },
  ];
  const account: Item[] = [
    { to: scope.at('cost'), label: 'Cost', icon: Coins },
    { to: scope.at('compliance'), label: 'Compliance', icon: ClipboardList },
    { to: scope.at('failed-work'), label: 'Failed work', icon: AlertCircle, count: scope.can('operator') ? failed : 0 },
    { to: scope.at('tenant'), label: 'Tenant', icon: Building2 },
  ];
  return [
    { name: 'Operate', items: operate },
    { name: 'Configure', items: configure },
    { name: 'Account for', items: account },
  ];
}

export function Shell({ scope, children }: { scope: Scope; children: ReactNode }) {
  const { path } = usePlace();
  const [palette, setPalette] = useState(false);
  useLive(scope);
  const open = useQuery({
    queryKey: ['gates', 'OPEN', scope.workspace],
    queryFn: () => told(read.GET('/v1/gates', { params: { query: { state: 'OPEN', workspace: scope.workspace, limit: 200 } } })),
  });
  const dead = useQuery({
    queryKey: ['dlq', scope.workspace],
    queryFn: () => told(read.GET('/v1/dlq', { params: { query: { workspace: scope.workspace, limit: 200 } } })),
  });
  const list = groups(scope, open.data?.items.length ?? 0, dead.data?.items.length ?? 0);
  const items = list.flatMap((g) => g.items);
  useShortcuts(scope, () => setPalette(true));
  const area = path[4];
  const current = items.find((i) => (area ? i.to === scope.at(area) : i.to === scope.at()));
  const label = current?.label ?? (area === 'account' ? 'Account' : '');
  useEffect(() => {
    const one = path[5] ? ` · ${path.slice(5).join(' ')}` : '';
    document.title = `${label || 'AI Rails'}${one} · AI Rails`;
  }, [label, path]);
  return (
    <div className="shell">
      <a className="skip" href="#page">Skip to the page</a>
      <aside className="rail" aria-label="Places">
        <TenantSwitch scope={scope} />
        <nav aria-label="Console">
          {list.map((group) => (
            <div key={group.name}>
              <h2>{group.name}</h2>
              <ul>
                {group.items.map((item) => (
                  <li key={item.to}>
                    <Link to={item.to} {...(item === current ? { 'aria-current': 'page' as const } : {})}>
                      <item.icon className="icon" aria-hidden />
                      {item.label}
                      {item.count ? <span className="count" title={`${item.count} for you`}>{item.count}</span> : null}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        {isDevelopment() && (
          <p className="development">
            <b>Development</b>
            This server issues its own tokens: who holds its key can be anybody.
          </p>
        )}
      </aside>
      <div className="content">
        <header className="top">
          <Crumbs scope={scope} label={label} to={current?.to ?? scope.at()} />
          <button type="button" className="search" onClick={() => setPalette(true)}>
            <Search className="icon" aria-hidden />
            <span>Search by ticket, id, hash</span>
            <kbd>Ctrl K</kbd>
          </button>
          <Lag />
          <ThemeButton />
          <Account scope={scope} />
        </header>
        <LostBar />
        <main className="page" id="page" tabIndex={-1}>
          {children}
        </main>
      </div>
      {palette && <Palette scope={scope} items={items} onClose={() => setPalette(false)} />}
      <Announcements />
    </div>
  );
}

function TenantSwitch({ scope }: { scope: Scope }) {
  return (
    <Menu
      label="Tenant and workspace"
      button={(open) => (
        <button type="button" className="tenant" aria-expanded={open} title={scope.tenant}>
          <span className="mark" aria-hidden>{scope.name.slice(0, 2).toUpperCase()}</span>
          <span>
            <b>{scope.name}</b>
            <span className="soft">{shortId(scope.workspace)}{scope.region && `, ${scope.region}`}</span>
          </span>
          <ChevronsUpDown className="icon muted" aria-hidden />
        </button>
      )}
    >
      {(close) => (
        <>
          <p className="note">Tenant <code>{scope.tenant}</code></p>
          {scope.workspaces.map((workspace) => (
            <Link key={workspace} to={`/t/${scope.tenant}/w/${workspace}`} onClick={close}>
              <Activity className="icon" aria-hidden /> Workspace {shortId(workspace)}
              {workspace === scope.workspace ? ' (this)' : ''}
            </Link>
          ))}
          <hr />
          <button type="button" onClick={() => switchPerson()}>
            <Users className="icon" aria-hidden /> Switch tenant or person
          </button>
        </>
      )}
    </Menu>
  );
}

function Crumbs({ scope, label, to }: { scope: Scope; label: string; to: string }) {
  const { path } = usePlace();
  const rest = path.slice(5).filter((part) => !['leaf', 'v'].includes(part));
  return (
    <nav className="crumbs" aria-label="Where you are">
      <ol>
        <li>{rest.length > 0 || label === '' ? <Link to={to}>{label || scope.name}</Link> : <span aria-current="page">{label}</span>}</li>
        {rest.map((part, i) => (
          <li key={`${part}${i}`} aria-current={i === rest.length - 1 ? 'page' : undefined} title={part}>
            {shortId(part)}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** How far behind what is shown is, said beside "live". */
function Lag() {
  const lag = useQuery({ queryKey: ['projections'], queryFn: () => told(read.GET('/v1/projections', {})), refetchInterval: 10_000 });
  const connection = useConnection();
  const now = useNow(1_000);
  if (connection.state === 'lost') {
    return <span className="live lost"><i /><span>No connection for {age(now - connection.since)}</span></span>;
  }
  const feed = lag.data?.feed;
  if (!feed) return <span className="live stale"><i /><span>…</span></span>;
  const behind = feed.lagMillis;
  const stale = behind > 5_000 || feed.state === 'STOPPED';
  return (
    <span className={stale ? 'live stale' : 'live'} title={`${feed.lagEntries} entries are not folded yet`}>
      <i />
      <span>{feed.state === 'STOPPED' ? 'Views have stopped' : stale ? `${age(behind)} behind` : `Live, ${(behind / 1_000).toFixed(1)} s behind`}</span>
    </span>
  );
}

function LostBar() {
  const connection = useConnection();
  const now = useNow(1_000);
  if (connection.state === 'back') return <div className="lost-bar back" role="status">Back. What you see is up to date again.</div>;
  if (connection.state !== 'lost' || now - connection.since < 2_500) return null;
  return (
    <div className="lost-bar" role="status">
      Reconnecting. Showing what was known at {timeOfDay(connection.since)}; nothing you typed is lost.
    </div>
  );
}

function ThemeButton() {
  const [, again] = useState(0);
  const dark = theme() === 'dark';
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={dark ? 'Use light colours' : 'Use dark colours'}
      onClick={() => {
        toggleTheme();
        again((n) => n + 1);
      }}
    >
      {dark ? <Sun className="icon" aria-hidden /> : <Moon className="icon" aria-hidden />}
    </button>
  );
}

function Account({ scope }: { scope: Scope }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const initials = scope.who.subject.replace(/^p-/, '').slice(0, 2).toUpperCase();
  return (
    <Menu
      label="Account"
      button={(open) => (
        <button type="button" ref={anchor} className="avatar" aria-expanded={open} title={scope.who.subject}>
          <span aria-hidden>{initials}</span>
          <span className="visually-hidden">Account of {scope.who.subject}</span>
        </button>
      )}
    >
      {(close) => (
        <>
          <p className="note">
            <b>{scope.who.subject}</b>
            <br />
            {scope.who.roles.join(', ') || 'no role'} in {scope.name}
          </p>
          <hr />
          <Link to={scope.at('account')} onClick={close}>
            <KeyRound className="icon" aria-hidden /> Passkeys and delegations
          </Link>
          <button type="button" onClick={() => switchPerson()}>
            <Users className="icon" aria-hidden /> {isDevelopment() ? 'Be somebody else' : 'Switch tenant or person'}
          </button>
          <button
            type="button"
            onClick={() => {
              go('/?signed-out', { replace: true });
              forget();
            }}
          >
            <LogOut className="icon" aria-hidden /> Sign out
          </button>
        </>
      )}
    </Menu>
  );
}
