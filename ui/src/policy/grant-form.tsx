import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { Grant, Rule, TenantData } from './lint';

/** What people change most: whether a call is granted, where, with how many approvals, and its parameters' limits. */
export function GrantForm({ data, onData }: { data: TenantData; onData: (data: TenantData) => void }) {
  const change = (tool: string, action: string, edit: (grant: Grant) => void) => {
    const next = structuredClone(data);
    const grant = next.tools[tool]?.actions[action];
    if (!grant) return;
    edit(grant);
    onData(next);
  };
  const grants = Object.entries(data.tools).flatMap(([tool, { actions }]) => Object.entries(actions).map(([action, grant]) => ({ tool, action, grant })));
  if (grants.length === 0) return <p className="soft">Nothing is granted yet. Write the first grant as text.</p>;
  return (
    <div className="stack">
      {grants.map(({ tool, action, grant }) => {
        const name = `${tool}.${action}`;
        return (
          <fieldset key={name} className="grant">
            <legend><b>{name}</b></legend>
            <label className="row"><input type="checkbox" className="check" checked={grant.enabled} onChange={(e) => change(tool, action, (g) => (g.enabled = e.target.checked))} /> granted</label>
            <label className="field">Environments<input className="input" defaultValue={grant.environments.join(', ')} onBlur={(e) => change(tool, action, (g) => (g.environments = list(e.target.value)))} /></label>
            <label className="field">Approvals<Count value={grant.quorum} onValue={(n) => change(tool, action, (g) => set(g, 'quorum', n))} /></label>
            <label className="field">after content from outside<Count value={grant.tainted_quorum} onValue={(n) => change(tool, action, (g) => set(g, 'tainted_quorum', n))} /></label>
            {Object.entries(grant.params ?? {}).map(([param, rule]) => (
              <div key={param} className="limit">
                <RuleField name={param} rule={rule} onRule={(r) => change(tool, action, (g) => { if (g.params) g.params[param] = { ...r, ...(rule.optional ? { optional: true } : {}) }; })} />
                <button type="button" className="icon-button" aria-label={`Remove the limit of ${param}`} onClick={() => change(tool, action, (g) => { delete g.params?.[param]; })}><X className="icon" aria-hidden /></button>
              </div>
            ))}
            <AddLimit taken={Object.keys(grant.params ?? {})} onAdd={(param, rule) => change(tool, action, (g) => { (g.params ??= {})[param] = rule; })} />
          </fieldset>
        );
      })}
    </div>
  );
}

const KINDS: [string, string, Rule][] = [['max', 'is at most …', { kind: 'max', max: 0 }], ['range', 'is between …', { kind: 'range', min: 0, max: 0 }], ['enum', 'is one of …', { kind: 'enum', values: ['one'] }], ['present', 'must be given', { kind: 'present' }]];

function AddLimit({ taken, onAdd }: { taken: string[]; onAdd: (param: string, rule: Rule) => void }) {
  const [param, setParam] = useState<string>();
  const [kind, setKind] = useState('max');
  if (param === undefined) return <button type="button" className="button small" style={{ justifySelf: 'start' }} onClick={() => setParam('')}><Plus className="icon" aria-hidden /> Add a limit</button>;
  const good = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(param) && !taken.includes(param);
  return (
    <div className="row" style={{ alignItems: 'end', gridColumn: 'span 2' }}>
      <label className="field">Disclosed parameter<input className="input" autoFocus value={param} aria-invalid={param !== '' && !good} onChange={(e) => setParam(e.target.value.trim())} /></label>
      <label className="field">Its limit<select className="input" value={kind} onChange={(e) => setKind(e.target.value)}>{KINDS.map(([id, word]) => <option key={id} value={id}>{word}</option>)}</select></label>
      <button type="button" className="button" disabled={!good} onClick={() => { onAdd(param, structuredClone(KINDS.find(([id]) => id === kind)?.[2] ?? { kind: 'present' })); setParam(undefined); }}>Add it</button>
    </div>
  );
}

const list = (text: string) => [...new Set(text.split(',').map((t) => t.trim()).filter(Boolean))];

function set(grant: Grant, member: 'quorum' | 'tainted_quorum', n: number | undefined) {
  if (n === undefined) delete grant[member];
  else grant[member] = n;
}

function Count({ value, onValue }: { value: number | undefined; onValue: (n: number | undefined) => void }) {
  return (
    <select className="input" value={value ?? ''} onChange={(e) => onValue(e.target.value === '' ? undefined : Number(e.target.value))}>
      <option value="">not said</option>
      {[0, 1, 2, 3, 4, 5].map((n) => <option key={n} value={n}>{n}</option>)}
    </select>
  );
}

function RuleField({ name, rule, onRule }: { name: string; rule: Rule; onRule: (rule: Rule) => void }) {
  switch (rule.kind) {
    case 'enum':
      return rule.values.every((v) => typeof v === 'string') ? <label className="field">{name} is one of<input className="input" defaultValue={rule.values.join(', ')} onBlur={(e) => onRule({ kind: 'enum', values: list(e.target.value) })} /></label> : <span className="field">{name} is one of {rule.values.join(', ')}</span>;
    case 'max':
      return <label className="field">{name} up to<input className="input" type="number" min={0} step={1} value={rule.max} onChange={(e) => onRule({ kind: 'max', max: Number(e.target.value) })} /></label>;
    case 'range':
      return (
        <>
          <label className="field">{name} from<input className="input" type="number" min={0} step={1} value={rule.min} onChange={(e) => onRule({ ...rule, min: Number(e.target.value) })} /></label>
          <label className="field">{name} to<input className="input" type="number" min={0} step={1} value={rule.max} onChange={(e) => onRule({ ...rule, max: Number(e.target.value) })} /></label>
        </>
      );
    default:
      return <span className="field">{name} must be given</span>;
  }
}
