import { told, write } from '../lib/api';

// What a published version says, as it was compiled and signed.

export type Typed = { type: string; values: string[] };
export type ArtifactStep = { id: string; kind: string; needs: string[]; call?: { connector: string; action: string }; gate?: { for: string; role: string; quorum: number; expires: string; card?: { connector: string; action: string } } };
export type Trigger = { id: string; kind: string; source: string };
export type Artifact = {
  id: string;
  title?: string;
  version: string;
  author: string;
  steps: ArtifactStep[];
  inputs: Record<string, Typed>;
  triggers: Trigger[];
  connectors: Record<string, { connector: string; instance: string; version: string; model?: string }>;
  limits: { currency?: string; nanos?: number; duration?: string };
};

export async function artifactOf(digest: string): Promise<{ artifact: Artifact; digest: string; signingKeyId: string; ingestPublicKey: string }> {
  const given = await told(write.GET('/v1/artifacts/{digest}', { params: { path: { digest } } }));
  return { artifact: given.artifact as unknown as Artifact, digest: given.digest, signingKeyId: given.signingKeyId, ingestPublicKey: given.ingestPublicKey };
}

export function stepsOf(artifact: Artifact): { id: string; kind: string; needs: string[]; what: string }[] {
  return artifact.steps.map((step) => ({
    id: step.id,
    kind: step.kind.toLowerCase(),
    needs: step.needs,
    what: step.call ? `${step.call.connector}.${step.call.action}` : step.gate ? `${step.gate.quorum} of ${step.gate.role}` : step.kind.toLowerCase(),
  }));
}

/** JSON as YAML, in the order it has. */
export function yaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    if (value.every((v) => typeof v !== 'object' || v === null)) return ` [${value.map(scalar).join(', ')}]`;
    return value.map((v) => `\n${indent}-${yaml(v, `${indent}  `).replace(/^\n\s*/, ' ')}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    if (members.length === 0) return ' {}';
    return members.map(([k, v]) => `\n${indent}${/^[\w.-]+$/.test(k) ? k : JSON.stringify(k)}:${yaml(v, `${indent}  `)}`).join('');
  }
  if (typeof value === 'string' && value.includes('\n')) return ` |\n${value.replace(/\n$/, '').split('\n').map((l) => `${indent}${l}`).join('\n')}`;
  return ` ${scalar(value)}`;
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return /^[A-Za-z_/][\w ./-]*$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value) ? value : JSON.stringify(value);
}

/** ISO 8601 durations as people say them. */
export function spoken(duration: string | undefined): string {
  const [, d, h, m, s] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration ?? '') ?? [];
  return [d && `${d} d`, h && `${h} h`, m && `${m} m`, s && `${s} s`].filter(Boolean).join(' ') || (duration ?? 'no limit');
}
