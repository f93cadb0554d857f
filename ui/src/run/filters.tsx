import { Bookmark, Search as Glass, SlidersHorizontal, X } from 'lucide-react';
import { useState } from 'react';
import { go, Link, usePlace, withQuery } from '../lib/router';
import { moment } from '../lib/time';
import { Dialog } from '../ui/parts';
import { described, PARTS, STATES, TIMES, typed, type PartName, type Search } from './search';

const KEPT = 'airails.run-filters';
type Kept = { name: string; query: string };
const NAMES = Object.keys(PARTS) as PartName[];
const WORDS = { RUNNING: 'Running', COMPLETED: 'Completed', FAILED: 'Failed', CANCELLED: 'Cancelled', COMPENSATING: 'Undoing' };

/** One box that knows what is typed, a form for whoever does not know the words, and filters that were kept by name. */
export function Filters({ search }: { search: Search }) {
  const place = usePlace();
  const [text, setText] = useState('');
  const [kept, setKept] = useState(keptFilters);
  const [asking, setAsking] = useState<'more' | 'keep'>();
  const own = place.href.split('?')[1] ?? '';
  const root = place.href.split('?')[0] ?? '';
  const without = (...names: string[]) => withQuery(place, Object.fromEntries(names.map((n) => [n, undefined])));
  const keep = (filters: Kept[]) => {
    localStorage.setItem(KEPT, JSON.stringify(filters));
    setKept(filters);
  };
  return (
    <div className="filters">
      <form
        className="search-box"
        role="search"
        onSubmit={(e) => {
          e.preventDefault();
          const one = text.trim();
          setText('');
          if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(one)) go(`${root}/${one.toLowerCase()}`);
          else go(withQuery(place, typed(one)));
        }}
      >
        <Glass className="icon" aria-hidden />
        <input className="input" aria-label="Ticket, hash, @person, or approver:name" placeholder="Ticket, hash, @person, approver:name" value={text} onChange={(e) => setText(e.target.value)} />
      </form>
      <div className="tabs" role="group" aria-label="State">
        <Link to={without('state')} {...(search.state ? {} : { 'aria-current': 'page' as const })}>All</Link>
        {STATES.map((s) => (
          <Link key={s} to={withQuery(place, { state: s })} {...(search.state === s ? { 'aria-current': 'page' as const } : {})}>
            {WORDS[s]}
          </Link>
        ))}
      </div>
      <button type="button" className="button" onClick={() => setAsking('more')}><SlidersHorizontal className="icon" aria-hidden /> Search by…</button>
      {NAMES.map((n) => search[n] && <Part key={n} to={without(n)} name={PARTS[n].word} value={search[n]} />)}
      {search.time && <Part to={without('time')} name="started" value={TIMES[search.time]?.word ?? ''} />}
      {!search.time && (search.from !== undefined || search.to !== undefined) && <Part to={without('from', 'to')} name="started" value={`${search.from === undefined ? '' : `from ${moment(search.from)} `}${search.to === undefined ? '' : `to ${moment(search.to)}`}`} />}
      {own !== '' && !kept.some((k) => k.query === own) && (
        <button type="button" className="button small quiet" onClick={() => setAsking('keep')}>
          <Bookmark className="icon" aria-hidden /> Keep this filter
        </button>
      )}
      {kept.map((k) => (
        <span key={k.query} className="row" style={{ gap: 0 }}>
          <Link className={k.query === own ? 'button small on' : 'button small'} to={`${root}?${k.query}`}><Bookmark className="icon" aria-hidden />{k.name}</Link>
          <button type="button" className="icon-button" aria-label={`Forget the filter ${k.name}`} onClick={() => keep(kept.filter((other) => other !== k))}>
            <X className="icon" aria-hidden />
          </button>
        </span>
      ))}
      {asking === 'more' && <MoreDialog search={search} onClose={() => setAsking(undefined)} />}
      {asking === 'keep' && (
        <KeepDialog
          name={described(search)}
          onClose={() => setAsking(undefined)}
          onKeep={(name) => {
            keep([...kept.filter((k) => k.query !== own && k.name !== name), { name, query: own }].slice(-8));
            setAsking(undefined);
          }}
        />
      )}
    </div>
  );
}

function Part({ to, name, value }: { to: string; name: string; value: string }) {
  return (
    <Link className="button small on" to={to} aria-label={`Remove the filter ${name} ${value}`}>
      {name}: {value.length > 24 ? `${value.slice(0, 22)}…` : value} <X className="icon" aria-hidden />
    </Link>
  );
}

function KeepDialog({ name, onKeep, onClose }: { name: string; onKeep: (name: string) => void; onClose: () => void }) {
  const [text, setText] = useState(name.slice(0, 40));
  return (
    <Dialog title="Keep this filter" onClose={onClose} foot={<><button type="button" className="button" onClick={onClose}>Leave it</button><button type="submit" form="keep" className="button primary" disabled={text.trim() === ''}>Keep it</button></>}>
      <form id="keep" onSubmit={(e) => { e.preventDefault(); if (text.trim() !== '') onKeep(text.trim()); }}>
        <label className="field">Its name, in this browser<input className="input" autoFocus maxLength={40} value={text} onChange={(e) => setText(e.target.value)} /></label>
      </form>
    </Dialog>
  );
}

/** `datetime-local` speaks of the reader's zone. */
const local = (at: number | undefined) => (at === undefined ? '' : new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16));
const utc = (text: string) => (text === '' || Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString());

function MoreDialog({ search, onClose }: { search: Search; onClose: () => void }) {
  const place = usePlace();
  const [values, setValues] = useState<Partial<Record<PartName, string>>>(() => Object.fromEntries(NAMES.flatMap((n) => (search[n] ? [[n, search[n]]] : []))));
  const [time, setTime] = useState(search.time ?? (search.from !== undefined || search.to !== undefined ? 'between' : ''));
  const [from, setFrom] = useState(local(search.from));
  const [to, setTo] = useState(local(search.to));
  const hash = values.hash?.trim().toLowerCase() ?? '';
  const good = hash === '' || /^(sha256:)?[0-9a-f]{8,64}$/.test(hash);
  return (
    <Dialog title="Search by" onClose={onClose} foot={<><button type="button" className="button" onClick={onClose}>Close</button><button type="submit" form="search-by" className="button primary" disabled={!good}>Search</button></>}>
      <form
        id="search-by"
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          if (!good) return;
          const parts = Object.fromEntries(NAMES.map((n) => [n, (n === 'hash' ? hash : (values[n] ?? '').trim()) || undefined]));
          go(withQuery(place, { ...parts, time: time in TIMES ? time : undefined, from: time === 'between' ? utc(from) : undefined, to: time === 'between' ? utc(to) : undefined }));
          onClose();
        }}
      >
        {NAMES.map((n) => (
          <label key={n} className="field">
            {PARTS[n].label}
            <input className={n === 'hash' ? 'input mono' : 'input'} maxLength={128} placeholder={PARTS[n].hint} value={values[n] ?? ''} aria-invalid={n === 'hash' && !good} onChange={(e) => setValues({ ...values, [n]: e.target.value })} />
          </label>
        ))}
        <label className="field">
          Started
          <select className="input" value={time} onChange={(e) => setTime(e.target.value)}>
            <option value="">at any time</option>
            {Object.entries(TIMES).map(([id, t]) => <option key={id} value={id}>{t.word}</option>)}
            <option value="between">between two times</option>
          </select>
        </label>
        {time === 'between' && (
          <div className="row">
            <label className="field grow">From<input className="input" type="datetime-local" value={from} onChange={(e) => setFrom(e.target.value)} /></label>
            <label className="field grow">To<input className="input" type="datetime-local" value={to} onChange={(e) => setTo(e.target.value)} /></label>
          </div>
        )}
      </form>
    </Dialog>
  );
}

function keptFilters(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '[]') as Kept[];
  } catch {
    return [];
  }
}
