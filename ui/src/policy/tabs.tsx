import type { ReactNode } from 'react';
import { Link } from '../lib/router';
import type { Scope } from '../ui/scope';

const TABS = [['', 'In force'], ['decisions', 'Decisions'], ['simulations', 'Simulations'], ['limits', 'Limits and pauses']] as const;

export function PolicyTabs({ scope, at, title, words, children }: { scope: Scope; at: string; title: string; words: string; children?: ReactNode }) {
  return (
    <>
      <div className="page-head"><div><h1>{title}</h1><p>{words}</p></div><div className="row">{children}</div></div>
      <nav className="tabs" aria-label="Policy" style={{ alignSelf: 'flex-start' }}>
        {TABS.map(([id, label]) => <Link key={id} to={scope.at(id ? `policy/${id}` : 'policy')} {...(id === at ? { 'aria-current': 'page' as const } : {})}>{label}</Link>)}
      </nav>
    </>
  );
}
