import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronsDownUp, FoldHorizontal } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { everything, read, told } from '../lib/api';
import { useConnection } from '../lib/connection';
import { follow } from '../lib/live';
import { amounts, count } from '../lib/money';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { age, span, useNow } from '../lib/time';
import { announce, Skeleton, Time, TONE_ICON, Trouble } from '../ui/parts';
import type { Scope } from '../ui/scope';
import { RunActions } from './actions';
import { CompactView, RawView } from './other-views';
import { Panel } from './panel';
import { Playback, usePlayed } from './playback';
import { Status, words } from './status';
import { useRun } from './use-run';
import { standing, useVerdicts } from '../worker/attestation';
import { artifactOf, stepsOf } from '../workflow/artifact';
import { timeline, WHY, type Entry, type Later, type Timeline, type Why } from './timeline';
import { TimelineView } from './timeline-view';
import { WaitBanner } from './wait-banner';

const GraphView = lazy(() => import('./graph-view'));
const VIEWS = ['timeline', 'compact', 'graph', 'raw'] as const;

/** A run's entries: all there are, then each as it is recorded. */
function useEntries(run: string): { entries: Entry[]; complete: boolean; failure?: unknown; again: () => void } {
  const queries = useQueryClient();
  const [entries, setEntries] = useState<Entry[]>([]);
  const [complete, setComplete] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    let stop = () => {};
    let frame = 0;
    const fresh: Entry[] = [];
    setFailure(undefined);
    everything(
      (cursor) => told(read.GET('/v1/runs/{run}/events', { params: { path: { run }, query: { limit: 200, ...(cursor ? { cursor } : {}) } } })),
      100_000,
      (so) => {
        if (!gone && so.length <= 200) setEntries([...so]);
      },
    ).then(
      (all) => {
        if (gone) return;
        setEntries(all);
        setComplete(true);
        stop = follow(`/v1/runs/${encodeURIComponent(run)}/events/stream`, String(all.at(-1)?.position ?? 0), (said) => {
          fresh.push(JSON.parse(said.data) as Entry);
          // Once a frame, however many there are.
          frame ||= requestAnimationFrame(() => {
            frame = 0;
            const more = fresh.splice(0);
            setEntries((known) => {
              const last = known.at(-1)?.position ?? 0;
              const added = more.filter((e) => e.position > last);
              if (added.length > 0) announce(`${added.length} new ${added.length === 1 ? 'event' : 'events'}`);
              return added.length > 0 ? [...known, ...added] : known;
            });
            for (const view of ['run', 'gate']) void queries.invalidateQueries({ queryKey: [view, run] });
          });
        });
      },
      (problem: unknown) => {
        if (!gone) setFailure(problem);
      },
    );
    return () => {
      gone = true;
      cancelAnimationFrame(frame);
      stop();
    };
  }, [run, turn, queries]);
  return { entries, complete, failure, again: () => setTurn((n) => n + 1) };
}

export default function RunPage({ scope, run }: { scope: Scope; run: string }) {
  const place = usePlace();
  const asked = useRun(run);
  const { entries, complete, failure, again } = useEntries(run);
  const view = VIEWS.find((v) => v === place.query.get('view')) ?? 'timeline';
  const [fold, setFold] = useState(true);
  const [filter, setFilter] = useState('');
  const [expandAll, setExpandAll] = useState(0);
  const ended = asked.data?.endedAt !== undefined;
  const connection = useConnection();
  const ticking = useNow(ended ? 60_000 : 1_000);
  const back = usePlayed(entries);
  const shown = back?.played ?? entries;
  const now = back ? back.last.recordedAt : ended ? (asked.data?.endedAt ?? ticking) : connection.state === 'lost' ? connection.since : ticking;
  const line = useMemo(() => timeline(shown, now), [shown, now]);
  const digest = asked.data?.artifactDigest;
  const artifact = useQuery({ queryKey: ['artifact', digest], enabled: digest !== undefined && (!ended || back !== undefined), queryFn: () => artifactOf(digest ?? ''), staleTime: Infinity });
  const later = useMemo(() => notBegun(artifact.data ? stepsOf(artifact.data.artifact) : [], line), [artifact.data, line]);
  const at = Number(place.query.get('at')) || undefined;
  const gate = asked.data?.waiting.find((w) => w.reason === 'GATE')?.step;
  const selected = entries.find((e) => e.position === at) ?? (gate ? [...entries].reverse().find((e) => e.entryType === 'HUMAN_GATE_REQUESTED' && (e.event as { gate?: string }).gate === gate) : undefined);
  const first = entries[0]?.position;
  const select = (position: number | undefined) => go(withQuery(place, { at: position ? String(position) : undefined }), { replace: true });

  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if ((e.target as HTMLElement).closest('input, textarea, select, dialog') || e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.key === 'f') setFold((on) => !on);
      if (e.key === 'v') go(withQuery(place, { view: VIEWS[(VIEWS.indexOf(view) + 1) % VIEWS.length] }), { replace: true });
      if (e.key === 'Escape') select(undefined);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });

  if (asked.isPending) return <Skeleton rows={9} />;
  if (asked.isError && !asked.data) return <Trouble failure={asked.error} again={() => void asked.refetch()} />;
  const detail = asked.data;
  return (
    <>
      <div className="page-head">
        <div className="row">
          <h1>{detail.externalId || detail.run}</h1>
          <Status run={detail} />
          {detail.failureCode && <span className="soft">because {words(detail.failureCode)}</span>}
        </div>
        <RunActions scope={scope} run={detail} {...(first !== undefined ? { onPlayBack: () => go(withQuery(place, { until: String(first), at: String(first) })) } : {})} />
      </div>
      <Summary scope={scope} run={detail} entries={entries} now={now} />
      {back ? <Playback entries={entries} at={back.last} /> : <WaitBanner scope={scope} run={detail} entries={entries} now={now} />}
      {detail.erased && (
        <div className="banner open">
          <div>
            <b>Its content was destroyed</b>
            <p>{detail.erased.keys} keys and {detail.erased.ciphertexts} ciphertexts are gone; every proof still verifies. Reason {detail.erased.reason}, by {detail.erased.by}.</p>
          </div>
        </div>
      )}
      <WhereTimeWent line={line} />
      <div className="run-tools">
        <nav className="tabs" aria-label="View">
          {VIEWS.map((v) => (
            <Link key={v} to={withQuery(place, { view: v === 'timeline' ? undefined : v })} {...(v === view ? { 'aria-current': 'page' as const } : {})}>
              {v.charAt(0).toUpperCase() + v.slice(1)}
            </Link>
          ))}
        </nav>
        {view === 'timeline' && (
          <div className="row">
            <input className="input" aria-label="Filter steps and events" placeholder="Filter steps and events" value={filter} onChange={(e) => setFilter(e.target.value)} />
            <button type="button" className={fold ? 'button on' : 'button'} aria-pressed={fold} onClick={() => setFold(!fold)}>
              <FoldHorizontal className="icon" aria-hidden /> Fold waits
            </button>
            <button type="button" className="button" onClick={() => setExpandAll((n) => n + 1)}>
              <ChevronsDownUp className="icon" aria-hidden /> {expandAll % 2 === 1 ? 'Collapse all' : 'Expand all'}
            </button>
          </div>
        )}
      </div>
      {failure ? (
        <Trouble failure={failure} again={again} />
      ) : (
        <div className={view === 'timeline' ? 'run-body' : 'run-body alone'}>
          {view === 'timeline' && (
            <>
              <TimelineView line={line} later={later} fold={fold} filter={filter} expandAll={expandAll} at={at} loading={!complete} onSelect={select} />
              <Panel scope={scope} run={detail} entry={selected} entries={shown} />
            </>
          )}
          {view === 'compact' && <CompactView scope={scope} entries={shown} />}
          {view === 'graph' && <Suspense fallback={<Skeleton />}><GraphView scope={scope} run={back ? { ...detail, steps: stepsAt(shown) } : detail} line={line} /></Suspense>}
          {view === 'raw' && <RawView entries={shown} run={detail.run} />}
        </div>
      )}
    </>
  );
}

/** How far each step was after some of the entries. */
function stepsAt(entries: Entry[]): Detail['steps'] {
  const steps = new Map<string, Detail['steps'][number]>();
  for (const entry of entries) {
    const event = entry.event as { step?: string; dead?: boolean };
    const status = entry.entryType === 'STEP_COMPLETED' ? 'COMPLETED' : entry.entryType === 'STEP_FAILED' ? (event.dead ? 'DEAD' : 'FAILED') : entry.entryType === 'STEP_SCHEDULED' ? 'SCHEDULED' : undefined;
    if (event.step && status) steps.set(event.step, { step: event.step, status, attempt: 1, purpose: 'PERFORM', reason: '', disclosed: {} });
  }
  return [...steps.values()];
}

const KINDS: Record<string, Later['kind']> = { tool: 'tool', ai: 'model', gate: 'gate' };

function notBegun(steps: ReturnType<typeof stepsOf>, line: Timeline): Later[] {
  const begun = new Set(line.rows.map((r) => r.step));
  return steps.filter((s) => !begun.has(s.id)).map((s) => ({ step: s.id, kind: KINDS[s.kind] ?? 'check', detail: s.what === s.kind ? '' : s.what, needs: s.needs }));
}

type Detail = NonNullable<ReturnType<typeof useRun>['data']>;

function Summary({ scope, run, entries, now }: { scope: Scope; run: Detail; entries: Entry[]; now: number }) {
  const head = useQuery({
    queryKey: ['head', scope.workspace],
    queryFn: () => told(read.GET('/v1/ledgers/{ws}/head', { params: { path: { ws: scope.workspace } } })),
  });
  const verdicts = useVerdicts(scope);
  const worker = entries.map((e) => (e.header as { actor?: { id: string; kind: string } }).actor).findLast((a) => a?.kind === 'WORKER')?.id;
  const last = entries.at(-1)?.position ?? run.position;
  const covered = head.data?.cosigned;
  const Open = TONE_ICON.open;
  const Pass = TONE_ICON.pass;
  const forkOf = (entries[0]?.event as { forkOf?: string } | undefined)?.forkOf;
  return (
    <dl className="inline-facts">
      <div><dt>Workflow</dt><dd><Link to={scope.at(`workflows/${run.workflow}/v/${run.version}`)}>{run.workflow}</Link> <span className="num">v{run.version}</span></dd></div>
      <div><dt>Environment</dt><dd>{run.environment}</dd></div>
      <div><dt>Started</dt><dd><Time at={run.startedAt} /> <span className="soft">{run.endedAt ? `took ${span(run.endedAt - run.startedAt)}` : `${age(now - run.startedAt)} ago`}</span></dd></div>
      <div><dt>Cost</dt><dd className="num"><Link to={scope.at(`cost?run=${run.run}`)}>{amounts(run.cost)}</Link></dd></div>
      <div><dt>Worker</dt><dd className="row" style={{ gap: 4 }}><Open className="icon muted" aria-hidden /> <Link to={scope.at('workers')}>{worker ? standing(verdicts?.get(worker)) : 'none yet'}</Link></dd></div>
      <div>
        <dt>Ledger</dt>
        <dd className="row" style={{ gap: 4 }}>
          {covered && covered.size >= last ? (
            <><Pass className="icon pass tone-text" aria-hidden /> <span className="pass tone-text">Cosigned</span> <span className="soft num">to {count(covered.size)}</span></>
          ) : (
            <><Open className="icon muted" aria-hidden /> <span className="soft">Not cosigned yet</span></>
          )}
        </dd>
      </div>
      <div><dt>Access</dt><dd><Link to={scope.at(`workers?run=${run.run}`)}>Who could have seen it</Link></dd></div>
      {forkOf && <div><dt>Fork of</dt><dd><Link to={scope.at(`runs/${forkOf}`)}>{forkOf.slice(0, 8)}</Link></dd></div>}
    </dl>
  );
}

const ORDER: Why[] = ['gate', 'human', 'run', 'retry', 'throttle', 'budget', 'worker', 'fail'];

function WhereTimeWent({ line }: { line: Timeline }) {
  const parts = ORDER.map((why) => ({ why, millis: line.totals.get(why) ?? 0 })).filter((p) => p.millis > 0);
  if (parts.length === 0) return null;
  const sum = parts.reduce((s, p) => s + p.millis, 0);
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="where" aria-hidden>
        {parts.map((p) => (
          <span key={p.why} className={`pattern ${WHY[p.why].tone}`} style={{ flex: p.millis / sum }} />
        ))}
      </div>
      <div className="legend">
        <span>Where the time went</span>
        {parts.map((p) => {
          const Icon = TONE_ICON[WHY[p.why].tone];
          return (
            <span key={p.why}>
              <i className={`swatch pattern ${WHY[p.why].tone}`} aria-hidden />
              <Icon className="icon" aria-hidden /> {WHY[p.why].word} <b className="num">{span(p.millis)}</b>
            </span>
          );
        })}
      </div>
    </div>
  );
}
