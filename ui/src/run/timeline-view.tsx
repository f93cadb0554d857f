import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight, CircleCheck, Play, ShieldCheck, Sparkles, UserCheck, Wrench, X, Zap, type LucideIcon } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { count, money } from '../lib/money';
import { span } from '../lib/time';
import { Effect, TONE_ICON } from '../ui/parts';
import { detailOf } from './entry-words';
import { scale, WHY, type Entry, type Later, type Row, type Scale, type Timeline } from './timeline';

const KIND: Record<Row['kind'], LucideIcon> = { trigger: Zap, tool: Wrench, model: Sparkles, gate: UserCheck, check: ShieldCheck, end: CircleCheck };

type Line = { kind: 'later'; row: Row; later: Later } | { kind: 'step'; row: Row } | { kind: 'event'; row: Row; entry: Entry };
type Props = { line: Timeline; later: Later[]; fold: boolean; filter: string; expandAll: number; at: number | undefined; loading: boolean; onSelect: (position: number | undefined) => void };

/** Steps on one time axis; one tab stop, arrows move, right and left open and close. */
export const TimelineView = memo(function TimelineView({ line, later, fold, filter, expandAll, at, loading, onSelect }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<Set<string>>(() => new Set());
  const axis = useMemo(() => scale(line, fold), [line, fold]);
  const [track, setTrack] = useState(300);
  useEffect(() => {
    if (!scroller.current) return;
    const seen = new ResizeObserver(([box]) => box && setTrack(Math.round(box.contentRect.width * 0.7 - 292)));
    seen.observe(scroller.current);
    return () => seen.disconnect();
  }, []);
  useEffect(() => {
    if (expandAll > 0) setOpen(expandAll % 2 === 1 ? new Set(line.rows.map((r) => r.step)) : new Set());
    // Only pressing the button expands; rows that come later stay closed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [expandAll]);
  const lines = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    const begun = visible(line.rows, open, wanted, at);
    const steps = line.ended ? [] : later.filter((l) => l.step.toLowerCase().includes(wanted));
    return [...begun, ...steps.map((l): Line => ({ kind: 'later', later: l, row: { step: l.step, detail: l.detail, kind: l.kind, segments: [], entries: [], from: line.to } }))];
  }, [line.rows, line.ended, line.to, later, open, filter, at]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (lines[i]?.kind === 'event' ? 28 : 38),
    getItemKey: (i) => key(lines[i]),
    overscan: 10,
    useFlushSync: false,
  });
  const [active, setActive] = useState(0);
  const current = Math.min(active, lines.length - 1);

  const toggle = (step: string, to?: boolean) =>
    setOpen((known) => {
      const next = new Set(known);
      if (to ?? !next.has(step)) next.add(step);
      else next.delete(step);
      return next;
    });
  const choose = (i: number) => {
    setActive(i);
    const chosen = lines[i];
    if (chosen?.kind === 'event') onSelect(chosen.entry.position);
    else if (chosen) onSelect(chosen.row.entries.at(-1)?.position);
    virtual.scrollToIndex(i, { align: 'auto' });
  };
  function pressed(e: KeyboardEvent) {
    const chosen = lines[current];
    if (e.key === 'ArrowDown' || e.key === 'j') choose(Math.min(current + 1, lines.length - 1));
    else if (e.key === 'ArrowUp' || e.key === 'k') choose(Math.max(current - 1, 0));
    else if (e.key === 'Home') choose(0);
    else if (e.key === 'End') choose(lines.length - 1);
    else if (e.key === 'ArrowRight' && chosen) toggle(chosen.row.step, true);
    else if (e.key === 'ArrowLeft' && chosen) toggle(chosen.row.step, false);
    else if ((e.key === 'Enter' || e.key === ' ') && chosen) {
      if (chosen.kind === 'step') toggle(chosen.row.step);
      choose(current);
    } else return;
    e.preventDefault();
  }

  return (
    <div className="timeline">
      <div className="head" aria-hidden>
        <span>Step</span>
        <div className="axis">
          {axis.ticks.filter((t) => line.ended || axis.x(t.at) < 0.86).map((t) => (
            <span key={t.at} style={{ left: `${axis.x(t.at) * 100}%` }}>{t.label}</span>
          ))}
          {!line.ended && <span className="now" style={{ left: '100%' }}>now</span>}
        </div>
        <span>Policy</span>
        <span className="cell">Cost</span>
        <span className="cell">Took</span>
      </div>
      <div
        className="rows"
        ref={scroller}
        role="treegrid"
        aria-label="Steps and events"
        aria-rowcount={lines.length}
        tabIndex={0}
        {...(lines[current] ? { 'aria-activedescendant': `row-${key(lines[current])}` } : {})}
        onKeyDown={pressed}
        style={{ height: Math.max(virtual.getTotalSize(), 300) }}
      >
        <div className="guides" role="presentation">
          {axis.ticks.map((t) => (
            <i key={t.at} style={{ left: `${axis.x(t.at) * 100}%` }} />
          ))}
          {axis.folds.map((f) => (
            <i key={f.from} className="fold" title={`${span(f.to - f.from)} in which nothing ran, folded`} style={{ left: `${f.x * 100}%`, width: `${f.width * 100}%` }} />
          ))}
          {!line.ended && <i className="now" style={{ left: '100%' }} />}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const shown = lines[item.index];
            if (!shown) return null;
            if (shown.kind === 'later') return <LaterRow key={item.key} later={shown.later} top={item.start} index={item.index} />;
            return shown.kind === 'step' ? (
              <StepRow
                key={item.key}
                row={shown.row}
                axis={axis}
                track={track}
                top={item.start}
                index={item.index}
                end={line.to}
                open={open.has(shown.row.step)}
                selected={shown.row.entries.at(-1)?.position === at && !open.has(shown.row.step)}
                onToggle={() => toggle(shown.row.step)}
                onChoose={() => choose(item.index)}
              />
            ) : (
              <EventRow key={item.key} entry={shown.entry} axis={axis} top={item.start} index={item.index} from={line.from} selected={shown.entry.position === at} onChoose={() => choose(item.index)} />
            );
          })}
        </div>
        {lines.length === 0 && <p className="empty">{loading ? 'Loading' : filter ? 'No step or event is called that.' : 'The first step starts when a worker claims it.'}</p>}
      </div>
    </div>
  );
});

function key(line: Line | undefined): string {
  if (!line) return '';
  return line.kind === 'event' ? `e-${line.entry.position}` : `s-${line.row.step}`;
}

function visible(rows: Row[], open: Set<string>, filter: string, at: number | undefined): Line[] {
  const lines: Line[] = [];
  for (const row of rows) {
    const named = filter === '' || row.step.toLowerCase().includes(filter) || row.detail.toLowerCase().includes(filter);
    const entries = named ? row.entries : row.entries.filter((e) => e.entryType.toLowerCase().includes(filter.replaceAll(' ', '_')));
    if (!named && entries.length === 0) continue;
    lines.push({ kind: 'step', row });
    if (open.has(row.step) || (!named && filter !== '')) entries.forEach((entry) => lines.push({ kind: 'event', row, entry }));
    else if (at !== undefined && row.entries.some((e) => e.position === at) && row.entries.at(-1)?.position !== at) {
      // A deep link shows what it points at.
      const one = row.entries.find((e) => e.position === at);
      if (one) lines.push({ kind: 'event', row, entry: one });
    }
  }
  return lines;
}

function LaterRow({ later, top, index }: { later: Later; top: number; index: number }) {
  const Icon = KIND[later.kind];
  return (
    <div className="step" id={`row-s-${later.step}`} role="row" aria-level={1} aria-rowindex={index + 1} style={{ transform: `translateY(${top}px)`, cursor: 'default' }}>
      <div className="name muted" role="gridcell">
        <span className="chev" />
        <Icon className="icon" aria-hidden />
        <b style={{ fontWeight: 500 }}>{later.step}</b>
        <span className="soft">{later.detail}</span>
      </div>
      <div className="track" role="gridcell"><span className="later">after {later.needs.join(' and ') || 'the trigger'}</span></div>
      <div role="gridcell" />
      <div role="gridcell" />
      <div role="gridcell" />
    </div>
  );
}

type StepProps = { row: Row; axis: Scale; track: number; top: number; index: number; end: number; open: boolean; selected: boolean; onToggle: () => void; onChoose: () => void };

function StepRow({ row, axis, track, top, index, end, open, selected, onToggle, onChoose }: StepProps) {
  const Icon = KIND[row.kind] ?? Play;
  const took = (row.to ?? end) - row.from;
  return (
    <div className="step" id={`row-s-${row.step}`} role="row" aria-level={1} aria-rowindex={index + 1} aria-expanded={open} aria-selected={selected} style={{ transform: `translateY(${top}px)` }} onClick={onChoose}>
      <div className="name" role="gridcell">
        <span
          className={open ? 'chev turned' : 'chev'}
          onClick={(e) => {
            e.stopPropagation();
            onToggle();
          }}
        >
          <ChevronRight className="icon" aria-hidden />
        </span>
        <Icon className="icon muted" aria-hidden />
        <b>{row.step}</b>
        <span className="soft">{row.detail}</span>
      </div>
      <div className="track" role="gridcell" aria-label={row.segments.map((s) => `${WHY[s.why].word} ${span(s.to - s.from)}`).join(', ')}>
        {row.segments.map((s) => {
          const left = axis.x(s.from);
          const width = axis.x(s.to) - left;
          const ToneIcon = s.why === 'fail' ? X : TONE_ICON[WHY[s.why].tone];
          return (
            <span
              key={`${s.why}${s.from}`}
              className={`bar pattern ${WHY[s.why].tone}${s.open ? ' now-open' : ''}`}
              style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
              title={`${WHY[s.why].word} ${span(s.to - s.from)}${s.note ? `: ${s.note}` : ''}`}
            >
              {width * track >= 24 && (
                <span className="tag">
                  <ToneIcon className="icon" aria-hidden />
                  {width * track >= 82 && s.why !== 'run' ? span(s.to - s.from) : ''}
                </span>
              )}
            </span>
          );
        })}
      </div>
      <div role="gridcell">{row.effect && <Effect effect={row.effect} />}</div>
      <div className="cell num" role="gridcell">{row.nanos ? money(row.nanos, row.currency) : <span className="muted">–</span>}</div>
      <div className="cell num" role="gridcell">{row.kind === 'trigger' || row.kind === 'end' ? '' : span(took)}</div>
    </div>
  );
}

type EventProps = { entry: Entry; axis: Scale; top: number; index: number; from: number; selected: boolean; onChoose: () => void };

const EventRow = memo(function EventRow({ entry, axis, top, index, from, selected, onChoose }: EventProps) {
  return (
    <div className="event" id={`row-e-${entry.position}`} role="row" aria-level={2} aria-rowindex={index + 1} aria-selected={selected} style={{ transform: `translateY(${top}px)` }} onClick={onChoose}>
      <div className="what" role="gridcell">
        <span>{entry.entryType}</span>
        <span className="num muted">+{((entry.recordedAt - from) / 1_000).toFixed(2)} s</span>
      </div>
      <div className="track" role="gridcell">
        <span className="dot" style={{ left: `${axis.x(entry.recordedAt) * 100}%` }} />
      </div>
      <div className="tail" role="gridcell">
        <span>{detailOf(entry)}</span>
        <span className="num muted">#{count(entry.position)}</span>
      </div>
    </div>
  );
});
