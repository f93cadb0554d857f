import { useEffect, useMemo, useRef, useState } from 'react';
import { CornerDownLeft, Search } from 'lucide-react';
import { go } from '../lib/router';
import type { Item } from './shell';
import type { Scope } from './scope';
import { toggleTheme } from './theme';
import { Dialog } from './parts';

type Choice = { key: string; label: string; hint: string; act: () => void };

/** One box: what is typed says what it is. */
export function Palette({ scope, items, onClose }: { scope: Scope; items: Item[]; onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const choices = useMemo(() => found(scope, items, text.trim(), onClose), [scope, items, text, onClose]);
  const chosen = Math.min(at, choices.length - 1);
  return (
    <Dialog title="Search" className="palette" onClose={onClose}>
      <input
        ref={input}
        className="input"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-label="Ticket, run, leaf hash, or a page"
        {...(choices[chosen] ? { 'aria-activedescendant': `choice-${choices[chosen].key}` } : {})}
        placeholder="INC0048213, a run's id, a hash, @person, #position, or a page"
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown') setAt(Math.min(chosen + 1, choices.length - 1));
          else if (e.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0));
          else if (e.key === 'Enter') choices[chosen]?.act();
          else return;
          e.preventDefault();
        }}
      />
      <div role="listbox" id="palette-list" aria-label="Results">
        {choices.map((choice, i) => (
          <div key={choice.key} id={`choice-${choice.key}`} role="option" aria-selected={i === chosen} onClick={choice.act} onPointerMove={() => setAt(i)}>
            {i === chosen ? <CornerDownLeft className="icon" aria-hidden /> : <Search className="icon muted" aria-hidden />}
            {choice.label}
            <span className="soft">{choice.hint}</span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function found(scope: Scope, items: Item[], text: string, close: () => void): Choice[] {
  const then = (to: string) => () => {
    close();
    go(to);
  };
  const choices: Choice[] = [];
  if (text !== '') {
    const q = encodeURIComponent(text);
    if (/^#?\d{1,12}$/.test(text)) choices.push({ key: 'leaf', label: `Ledger entry #${text.replace('#', '')}`, hint: 'position', act: then(scope.at(`proof/leaf/${text.replace('#', '')}`)) });
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(text)) choices.push({ key: 'run', label: `Run ${text}`, hint: 'id', act: then(scope.at(`runs/${text.toLowerCase()}`)) });
    if (/^(sha256:)?[0-9a-f]{8,64}$/i.test(text)) choices.push({ key: 'hash', label: `What has the hash ${text.slice(0, 20)}`, hint: 'leaf, call or artifact', act: then(`/go/${q}`) });
    if (text.startsWith('@') && text.length > 1) choices.push({ key: 'person', label: `Runs in which ${text.slice(1)} did something`, hint: 'person', act: then(scope.at(`runs?actor=${encodeURIComponent(text.slice(1))}`)) });
    choices.push({ key: 'ticket', label: `Runs of ${text}`, hint: 'ticket', act: then(scope.at(`runs?q=${q}`)) });
  }
  const word = text.replace(/^>/, '').toLowerCase();
  for (const item of items) {
    if (item.label.toLowerCase().includes(word)) choices.push({ key: item.label.replace(/\W/g, '-'), label: item.label, hint: 'page', act: then(item.to) });
  }
  if ('light or dark theme'.includes(word)) {
    choices.push({
      key: 'theme',
      label: 'Light or dark',
      hint: 'action',
      act: () => {
        toggleTheme();
        close();
      },
    });
  }
  return choices.slice(0, 14);
}

const GO: Record<string, string> = { h: '', r: 'runs', p: 'proof', a: 'approvals', c: 'cost', w: 'workflows', l: 'compliance', f: 'failed-work' };

/** Ctrl K or / to search; g and a letter to go. Never while something is typed. */
export function useShortcuts(scope: Scope, search: () => void): void {
  useEffect(() => {
    let waiting = 0;
    const pressed = (e: KeyboardEvent) => {
      const target = e.target as HTMLElement;
      const typing = target.closest('input, textarea, select, [contenteditable]') !== null || document.querySelector('dialog[open]') !== null;
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        search();
        return;
      }
      if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
      if (waiting && Date.now() - waiting < 1_200 && e.key in GO) {
        waiting = 0;
        e.preventDefault();
        go(scope.at(GO[e.key]));
      } else if (e.key === 'g') {
        waiting = Date.now();
      } else if (e.key === '/') {
        e.preventDefault();
        search();
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [scope, search]);
}
