import type { Artifact } from './artifact';

export type Hint = { step?: string; message: string };
const WRITES = /^(create|update|delete|send|post|put|patch|refund|pay|close|assign|comment|invite|merge|transition)/;

/** What a second reader of a compiled version would ask about. The compiler refuses what is wrong; this is what may be meant. */
export function hints(artifact: Artifact): Hint[] {
  const found: Hint[] = [];
  const byId = new Map(artifact.steps.map((s) => [s.id, s]));
  const before = (id: string, seen = new Set<string>()): Set<string> => {
    for (const need of byId.get(id)?.needs ?? []) if (!seen.has(need)) before(need, seen.add(need));
    return seen;
  };
  const gates = new Map(artifact.steps.filter((s) => s.gate).map((s) => [s.gate?.for ?? '', s.id]));
  for (const step of artifact.steps) {
    if (step.call && WRITES.test(step.call.action) && !gates.has(step.id) && ![...before(step.id)].some((id) => byId.get(id)?.gate)) found.push({ step: step.id, message: `${step.call.connector}.${step.call.action} changes something and no step asks a person first; only policy can` });
    for (const need of step.needs) if (!byId.has(need)) found.push({ step: step.id, message: `needs ${need}, which is not there` });
    if (step.gate && !byId.has(step.gate.for)) found.push({ step: step.id, message: `asks about ${step.gate.for}, which is not there` });
  }
  for (const [alias, c] of Object.entries(artifact.connectors)) {
    if (!artifact.steps.some((s) => [s.call, s.gate?.card].some((call) => call?.connector === alias))) found.push({ message: `connector ${alias} (${c.instance}) is not used` });
  }
  if (artifact.limits.nanos === undefined) found.push({ message: 'a run may cost anything: no limit is set' });
  if (artifact.limits.duration === undefined) found.push({ message: 'a run may take for ever: no limit is set' });
  return found;
}
