import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Ban, Check, CircleDashed, Coins, Copy, Cpu, CornerUpRight, Gauge, KeyRound, RotateCw, UserCheck, Wrench, X, Zap, type LucideIcon } from 'lucide-react';
import { ProblemError, Unreachable } from '../lib/api';
import { exact, moment, timeOfDay } from '../lib/time';

export type Tone = 'gate' | 'human' | 'retry' | 'throttle' | 'budget' | 'worker' | 'run' | 'pass' | 'fail' | 'open';

export const TONE_ICON: Record<Tone, LucideIcon> = {
  gate: UserCheck,
  human: Wrench,
  retry: RotateCw,
  throttle: Gauge,
  budget: Coins,
  worker: Cpu,
  run: Zap,
  pass: Check,
  fail: X,
  open: CircleDashed,
};

export function Chip({ tone, children, icon }: { tone: Tone; children: ReactNode; icon?: LucideIcon }) {
  const Icon = icon ?? TONE_ICON[tone];
  return (
    <span className={`chip tone ${tone}`}>
      <Icon className="icon" aria-hidden />
      {children}
    </span>
  );
}

const EFFECT: Record<string, { tone: Tone; word: string; icon: LucideIcon }> = {
  ALLOW: { tone: 'pass', word: 'Allowed', icon: Check },
  ROUTE: { tone: 'run', word: 'Routed', icon: CornerUpRight },
  REQUIRE_HITL: { tone: 'gate', word: 'Approval', icon: UserCheck },
  REQUIRE_STEP_UP: { tone: 'human', word: 'Step-up', icon: KeyRound },
  THROTTLE: { tone: 'throttle', word: 'Throttled', icon: Gauge },
  DENY: { tone: 'fail', word: 'Denied', icon: Ban },
};

export function Effect({ effect }: { effect: string }) {
  const shown = EFFECT[effect] ?? { tone: 'open' as Tone, word: effect, icon: CircleDashed };
  return (
    <Chip tone={shown.tone} icon={shown.icon}>
      {shown.word}
    </Chip>
  );
}

/** First 8, last 6; a click copies all, and focus shows all. */
export function Hash({ value, full = false }: { value: string; full?: boolean }) {
  const [copied, setCopied] = useState(false);
  const [focus, setFocus] = useState(false);
  const bare = value.replace(/^sha256:/, '');
  const short = full || focus || bare.length <= 18 ? bare : `${bare.slice(0, 8)}…${bare.slice(-6)}`;
  const same = (on: boolean) =>
    document.querySelectorAll(`[data-hash="${CSS.escape(bare)}"]`).forEach((e) => e.classList.toggle('same', on && document.querySelectorAll(`[data-hash="${CSS.escape(bare)}"]`).length > 1));
  return (
    <button
      type="button"
      className="hash"
      data-hash={bare}
      title={`${value}\nClick to copy`}
      onPointerEnter={() => same(true)}
      onPointerLeave={() => same(false)}
      onFocus={(e) => setFocus(e.currentTarget.matches(':focus-visible'))}
      onBlur={() => setFocus(false)}
      onClick={() => {
        void navigator.clipboard?.writeText(value).then(() => {
          setCopied(true);
          window.setTimeout(() => setCopied(false), 1_500);
        });
      }}
    >
      <span className="visually-hidden">Copy</span>
      <span className="full">{short}</span>
      {copied ? <Check className="icon" aria-hidden /> : <Copy className="icon" aria-hidden />}
      {copied && <span className="visually-hidden" role="status">Copied</span>}
    </button>
  );
}

export function Time({ at, millis = false }: { at: number; millis?: boolean }) {
  return (
    <time className="num nowrap" dateTime={new Date(at).toISOString()} title={exact(at)}>
      {millis ? timeOfDay(at, true) : moment(at)}
    </time>
  );
}

export function Facts({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <FactPair key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactPair({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action && <div className="row">{action}</div>}
    </div>
  );
}

export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div className="stack" aria-busy="true">
      <span className="visually-hidden" role="status">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="skeleton" style={{ width: `${92 - ((i * 37) % 45)}%` }} />
      ))}
    </div>
  );
}

/** What is, what was not done, what next. */
export function Trouble({ failure, again }: { failure: unknown; again?: () => void }) {
  const problem = failure instanceof ProblemError ? failure : undefined;
  const away = failure instanceof Unreachable;
  const title = problem?.status === 404 ? 'Not found here' : away ? 'The server does not answer' : (problem?.title ?? 'This did not work');
  const text =
    problem?.status === 404
      ? 'There is nothing with this address in your tenant, or not for your role.'
      : away
        ? 'Nothing was changed. It is asked again by itself when it is back.'
        : failure instanceof Error
          ? failure.message
          : String(failure);
  return (
    <div className="problem" role="alert">
      <h2>{title}</h2>
      <p>{text}</p>
      {problem?.errors.map((fault) => (
        <p key={`${fault.file}:${fault.line}:${fault.column}:${fault.message}`} className="mono">
          {fault.file}:{fault.line}:{fault.column} {fault.message}
        </p>
      ))}
      <div className="row" style={{ marginTop: 8 }}>
        {again && (
          <button type="button" className="button small" onClick={again}>
            Try again
          </button>
        )}
        {problem?.instance && <Hash value={problem.instance.replace('urn:airails:trace:', '')} />}
      </div>
    </div>
  );
}

/** A modal question; Escape and the backdrop close it, focus comes back by itself. */
export function Dialog({ title, children, foot, onClose, className }: { title: string; children: ReactNode; foot?: ReactNode; onClose: () => void; className?: string }) {
  const element = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog
      ref={element}
      className={className}
      aria-labelledby={name}
      onClose={onClose}
      onPointerDown={(e) => {
        if (e.target === element.current) onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={name}>{title}</h2>
      </div>
      <div className="dialog-body">{children}</div>
      {foot && <div className="dialog-foot">{foot}</div>}
    </dialog>
  );
}

/** A button with a list of actions below it. */
export function Menu({ label, button, children }: { label: string; button: (open: boolean) => ReactNode; children: (close: () => void) => ReactNode }) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const away = (e: PointerEvent) => {
      if (!anchor.current?.contains(e.target as Node)) setOpen(false);
    };
    const key = (e: KeyboardEvent) => {
      if (e.key === 'Escape') {
        setOpen(false);
        anchor.current?.querySelector('button')?.focus();
      }
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('keydown', key);
    };
  }, [open]);
  return (
    <div className="menu-anchor" ref={anchor}>
      <span onClick={() => setOpen(!open)}>{button(open)}</span>
      {open && (
        <div className="menu" role="group" aria-label={label}>
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}

const announcer = { say: (_: string) => {} };

/** One polite sentence for people who listen, shown for people who look. */
export function announce(text: string): void {
  announcer.say(text);
}

export function Announcements() {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer = 0;
    announcer.say = (said) => {
      setText(said);
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setText(''), 6_000);
    };
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-live="polite" className={text ? 'toast' : 'visually-hidden'}>
      {text}
    </div>
  );
}
