import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { read, told, type Schemas } from '../lib/api';
import { Link, usePlace } from '../lib/router';
import { span, useNow } from '../lib/time';
import { Empty, Skeleton, Time, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { Filters } from './filters';
import { asked, searchOf, type Search } from './search';
import { Status, words } from './status';

type Run = Schemas['RunListItem'];
const PAGE = 100;
const NO_RUNS: Run[] = [];

const page = (scope: Scope, search: Search, cursor?: string) =>
  told(read.GET('/v1/runs', { params: { query: { workspace: scope.workspace, limit: PAGE, ...asked(search), ...(cursor ? { cursor } : {}) } } }));

/**
 * Every run of a workspace, the latest first. What was shown stays where it is: rows are patched as their runs go on, and new
 * ones wait until somebody wants them, or are taken in while the list is at its head and nobody is in it.
 */
function useRuns(scope: Scope, search: Search) {
  const queries = useQueryClient();
  const key = JSON.stringify(search);
  const list = useInfiniteQuery({
    queryKey: ['run-list', scope.workspace, key],
    initialPageParam: '',
    staleTime: Infinity,
    gcTime: 0,
    queryFn: ({ pageParam }) => page(scope, search, pageParam),
    getNextPageParam: (last) => last.next,
  });
  const first = list.data?.pages[0];
  const head = useQuery({ queryKey: ['runs', scope.workspace, 'head', key], enabled: first !== undefined, queryFn: () => page(scope, search), staleTime: 3_000, ...(first ? { initialData: first } : {}) });
  const [taken, setTaken] = useState<{ key: string; runs: Run[] }>({ key, runs: [] });
  const more = taken.key === key ? taken.runs : NO_RUNS;
  const known = useMemo(() => [...more, ...(list.data?.pages.flatMap((p) => p.items) ?? [])], [more, list.data]);
  const now = useMemo(() => new Map((head.data?.items ?? []).map((r) => [r.run, r])), [head.data]);
  const runs = useMemo(() => known.map((r) => now.get(r.run) ?? r), [known, now]);
  const ids = useMemo(() => new Set(known.map((r) => r.run)), [known]);
  const arrived = (head.data?.items ?? []).filter((r) => !ids.has(r.run));
  const take = () => {
    // A whole page of new ones may have others behind it: the list begins again.
    if (arrived.length >= PAGE) void queries.resetQueries({ queryKey: ['run-list', scope.workspace, key] });
    else setTaken({ key, runs: [...arrived, ...more] });
  };
  return { list, runs, arrived, take, fresh: (run: string) => now.has(run) };
}

/** Every run of a workspace, the latest first; what narrows the list is in the address. */
export default function RunsPage({ scope }: { scope: Scope }) {
  const place = usePlace();
  const search = useMemo(() => searchOf(place.query), [place.query]);
  const { list, runs, arrived, take, fresh } = useRuns(scope, search);
  const filtered = Object.keys(search).length > 0;
  return (
    <>
      <div className="page-head">
        <h1>Runs</h1>
        <p className="muted small num">{runs.length}{list.hasNextPage ? '+' : ''} shown, the latest first</p>
      </div>
      <Filters search={search} />
      {list.isPending ? (
        <Skeleton rows={10} />
      ) : list.isError && runs.length === 0 ? (
        <Trouble failure={list.error} again={() => void list.refetch()} />
      ) : runs.length === 0 && arrived.length === 0 ? (
        <Empty
          title={filtered ? 'No run is like that' : 'Nothing has run yet'}
          action={filtered ? <Link className="button" to={scope.at('runs')}>Show all runs</Link> : <Link className="button primary" to={scope.at('workflows')}>See workflows</Link>}
        >
          {filtered ? 'Everything is compared as a whole; INC004* finds the tickets that begin so.' : 'A run starts when a trigger fires, or when you start one.'}
        </Empty>
      ) : (
        <RunList
          scope={scope}
          runs={runs}
          fresh={fresh}
          arrived={arrived.length}
          onTake={take}
          more={() => {
            if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
          }}
        />
      )}
    </>
  );
}

function RunList({ scope, runs, fresh, arrived, onTake, more }: { scope: Scope; runs: Run[]; fresh: (run: string) => boolean; arrived: number; onTake: () => void; more: () => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(5_000);
  const rows = useVirtualizer({ count: runs.length, getScrollElement: () => scroller.current, estimateSize: () => 44, overscan: 12, useFlushSync: false });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last > runs.length - 60) more();
  }, [last, runs.length, more]);
  useEffect(() => {
    const box = scroller.current;
    if (arrived > 0 && box && box.scrollTop === 0 && !box.matches(':hover, :focus-within')) onTake();
  }, [arrived, now, onTake]);
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
      {arrived > 0 && (
        <button
          type="button"
          className="button small arrived"
          onClick={() => {
            onTake();
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          <ArrowUp className="icon" aria-hidden /> {arrived >= PAGE ? `${PAGE} or more` : arrived} new
        </button>
      )}
      <div className="scroll" ref={scroller} tabIndex={-1}>
        <ul style={{ height: rows.getTotalSize() }} aria-label="Runs">
          {visible.map((item) => {
            const run = runs[item.index];
            if (!run) return null;
            return <li key={run.run}>{run.endedAt !== undefined || fresh(run.run) ? <Row scope={scope} run={run} top={item.start} now={now} /> : <LateRow scope={scope} run={run} top={item.start} now={now} />}</li>;
          })}
        </ul>
      </div>
    </div>
  );
}

type RowOf = { scope: Scope; run: Run; top: number; now: number };

/** A run that is not among the newest any more and goes on: it is asked for by itself while it is in view. */
function LateRow(of: RowOf) {
  const one = useQuery({ queryKey: ['runs', 'one', of.run.run], staleTime: 3_000, queryFn: () => told(read.GET('/v1/runs/{run}', { params: { path: { run: of.run.run } } })) });
  const { waiting, ...known } = of.run;
  const run: Run = one.data ? { ...known, ...summary(one.data) } : { ...known, ...(waiting ? { waiting } : {}) };
  return <Row {...of} run={run} />;
}

function summary(run: Schemas['RunDetail']): Partial<Run> {
  const waiting = run.waiting.flatMap(({ step, reason, code }) => (reason === 'WORKER' ? [] : [{ step, reason, code }]));
  return { status: run.status, ...(run.endedAt !== undefined ? { endedAt: run.endedAt } : { waiting }), ...(run.failureCode ? { failureCode: run.failureCode } : {}) };
}

function Row({ scope, run, top, now }: RowOf) {
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
