import { ChevronLeft, ChevronRight, Pause, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { count } from '../lib/money';
import { go, usePlace, withQuery } from '../lib/router';
import { timeOfDay } from '../lib/time';
import { titleOf } from './entry-words';
import type { Entry } from './timeline';

const BEAT = 450;

/** Entries up to `?until=`, as they stood then; nothing where the run is shown as it is. */
export function usePlayed(entries: Entry[]): { played: Entry[]; last: Entry } | undefined {
  const until = Number(usePlace().query.get('until'));
  if (!until || entries.length === 0) return undefined;
  const played = entries.filter((e) => e.position <= until);
  const last = played.at(-1);
  return last ? { played, last } : undefined;
}

/** Plays a run back, entry by entry: all views show it as it stood at that position, and the address says so. */
export function Playback({ entries, at }: { entries: Entry[]; at: Entry }) {
  const place = usePlace();
  const [playing, setPlaying] = useState(false);
  const index = entries.findIndex((e) => e.position === at.position);
  const show = (to: number) => {
    const entry = entries[Math.max(0, Math.min(entries.length - 1, to))];
    if (entry) go(withQuery(place, { until: String(entry.position), at: String(entry.position) }), { replace: true });
  };
  const over = index >= entries.length - 1;
  useEffect(() => {
    if (!playing || over) return;
    const timer = window.setTimeout(() => show(index + 1), BEAT);
    return () => window.clearTimeout(timer);
  });
  return (
    <section className="playback" aria-label="Play back">
      <button type="button" className="button small" onClick={() => show(index - 1)} disabled={index <= 0}><ChevronLeft className="icon" aria-hidden /><span className="visually-hidden">One entry back</span></button>
      <button
        type="button"
        className="button small primary"
        onClick={() => {
          if (over) show(0);
          setPlaying(over || !playing);
        }}
      >
        {playing && !over ? <><Pause className="icon" aria-hidden /> Pause</> : <><Play className="icon" aria-hidden /> Play</>}
      </button>
      <button type="button" className="button small" onClick={() => show(index + 1)} disabled={over}><ChevronRight className="icon" aria-hidden /><span className="visually-hidden">One entry on</span></button>
      <input
        type="range"
        min={0}
        max={entries.length - 1}
        value={index}
        aria-label="Entry of the run"
        aria-valuetext={`entry ${index + 1} of ${entries.length}, ${titleOf(at)}`}
        onChange={(e) => {
          setPlaying(false);
          show(Number(e.target.value));
        }}
      />
      <span className="num">{index + 1} of {entries.length} · {timeOfDay(at.recordedAt, true)} · #{count(at.position)} <b>{titleOf(at)}</b></span>
      <button type="button" className="button small" onClick={() => go(withQuery(place, { until: undefined }), { replace: true })}>Show all of it</button>
    </section>
  );
}
