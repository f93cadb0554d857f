import { useInfiniteQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Bookmark, Search, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { read, told, type Schemas } from '../lib/api';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { span, useNow } from '../lib/time';
import { Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { Status, words } from './status';

type Run = Schemas['RunListItem'];
const STATES = ['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'COMPENSATING'] as const;
const KEPT = 'airails.run-filters';

/** Every run of a workspace, the latest first; what narrows the list is in the address. */
export function RunsPage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const q = place.query.get('q') ?? '';
  const state = STATES.find((s) => s === place.query.get('state'));
  const workflow = place.query.get('workflow') ?? '';
  const asked = useInfiniteQuery({
    queryKey: ['runs', scope.workspace, q, state, workflow],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      told(
        read.GET('/v1/runs', {
          params: {
            query: {
              workspace: scope.workspace,
              limit: 100,
              ...(q ? { externalId: q } : {}),
              ...(state ? { status: state } : {}),
              ...(workflow ? { workflow } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next,
  });
  const runs = useMemo(() => asked.data?.pages.flatMap((p) => p.items) ?? [], [asked.data]);
  const filtered = q !== '' || state !== undefined || workflow !== '';
  return (
    <>
      <div className="page-head">
        <h1>Runs</h1>
        <p className="muted small num">{runs.length}{asked.hasNextPage ? '+' : ''} shown, the latest first</p>
      </div>
      <Filters q={q} state={state} workflow={workflow} />
      {asked.isPending ? (
        <Skeleton rows={10} />
      ) : asked.isError && runs.length === 0 ? (
        <Trouble failure={asked.error} again={() => void asked.refetch()} />
      ) : runs.length === 0 ? (
        <Empty
          title={filtered ? 'No run is like that' : 'Nothing has run yet'}
          action={filtered ? <Link className="button" to={scope.at('runs')}>Show all runs</Link> : <Link className="button primary" to={scope.at('workflows')}>See workflows</Link>}
        >
          {filtered ? 'Tickets are compared as a whole: type all of INC0048213.' : 'A run starts when a trigger fires, or when you start one.'}
        </Empty>
      ) : (
        <RunList
          scope={scope}
          runs={runs}
          more={() => {
            if (asked.hasNextPage && !asked.isFetchingNextPage) void asked.fetchNextPage();
          }}
        />
      )}
    </>
  );
}

export function RunList({ scope, runs, more }: { scope: Scope; runs: Run[]; more: () => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(5_000);
  const rows = useVirtualizer({ count: runs.length, getScrollElement: () => scroller.current, estimateSize: () => 44, overscan: 12, useFlushSync: false });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last > runs.length - 60) more();
  }, [last, runs.length, more]);
  return (
    <div className="list runs">
      <div className="head" aria-hidden>
        <span>Ticket or id</span>
        <span>State</span>
        <span>Workflow</span>
        <span>Environment</span>
        <span>Started</span>
        <span className="right">Took</span>
      </div>
      <div className="scroll" ref={scroller} tabIndex={-1}>
        <ul style={{ height: rows.getTotalSize() }} aria-label="Runs">
          {visible.map((item) => {
            const run = runs[item.index];
            return run ? <li key={run.run}><Row scope={scope} run={run} top={item.start} now={now} /></li> : null;
          })}
        </ul>
      </div>
    </div>
  );
}

function Row({ scope, run, top, now }: { scope: Scope; run: Run; top: number; now: number }) {
  return (
    <Link className="item" to={scope.at(`runs/${run.run}`)} style={{ transform: `translateY(${top}px)` }} title={run.failureCode ? words(run.failureCode) : run.run}>
      <b>{run.externalId || run.run.slice(0, 8)}</b>
      <span><Status run={run} /></span>
      <span className="soft">{run.workflow} <span className="muted">v{run.version}</span></span>
      <span className="soft">{run.environment}</span>
      <span className="soft"><Time at={run.startedAt} /></span>
      <span className="right num soft">{span((run.endedAt ?? now) - run.startedAt)}</span>
    </Link>
  );
}

function Filters({ q, state, workflow }: { q: string; state: string | undefined; workflow: string }) {
  const place = usePlace();
  const [typed, setTyped] = useState(q);
  const [kept, setKept] = useState(() => keptFilters());
  useEffect(() => setTyped(q), [q]);
  const search = place.href.split('?')[1] ?? '';
  function keep() {
    const name = [q, state?.toLowerCase(), workflow].filter(Boolean).join(' ') || 'all';
    const next = [...kept.filter((k) => k.query !== search), { name, query: search }].slice(-6);
    localStorage.setItem(KEPT, JSON.stringify(next));
    setKept(next);
  }
  return (
    <div className="filters">
      <form
        className="search-box"
        role="search"
        onSubmit={(e) => {
          e.preventDefault();
          go(withQuery(place, { q: typed.trim() || undefined }));
        }}
      >
        <Search className="icon" aria-hidden />
        <input className="input" aria-label="Ticket" placeholder="Ticket, for example INC0048213" value={typed} onChange={(e) => setTyped(e.target.value)} />
      </form>
      <div className="tabs" role="group" aria-label="State">
        <Link to={withQuery(place, { state: undefined })} {...(state ? {} : { 'aria-current': 'page' as const })}>All</Link>
        {STATES.slice(0, 4).map((s) => (
          <Link key={s} to={withQuery(place, { state: s })} {...(state === s ? { 'aria-current': 'page' as const } : {})}>
            {s.charAt(0) + s.slice(1).toLowerCase()}
          </Link>
        ))}
      </div>
      {workflow && (
        <Link className="button small" to={withQuery(place, { workflow: undefined })} aria-label={`Remove the filter workflow ${workflow}`}>
          workflow: {workflow} <X className="icon" aria-hidden />
        </Link>
      )}
      {search !== '' && !kept.some((k) => k.query === search) && (
        <button type="button" className="button small quiet" onClick={keep}>
          <Bookmark className="icon" aria-hidden /> Keep this filter
        </button>
      )}
      {kept.map((k) => (
        <span key={k.query} className="row" style={{ gap: 0 }}>
          <Link className="button small" to={`${place.href.split('?')[0]}?${k.query}`}><Bookmark className="icon" aria-hidden />{k.name}</Link>
          <button
            type="button"
            className="icon-button"
            aria-label={`Forget the filter ${k.name}`}
            onClick={() => {
              const next = kept.filter((other) => other.query !== k.query);
              localStorage.setItem(KEPT, JSON.stringify(next));
              setKept(next);
            }}
          >
            <X className="icon" aria-hidden />
          </button>
        </span>
      ))}
    </div>
  );
}

function keptFilters(): { name: string; query: string }[] {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '[]') as { name: string; query: string }[];
  } catch {
    return [];
  }
}
