import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Scope } from '../ui/scope';
import { read, told } from './api';
import { connection } from './connection';
import { bearer } from './session';

// Server-sent events, read by fetch because they need the bearer token. A stream that ends is opened again from its last id.

export type Said = { id: string; event: string; data: string };

/** Reads one stream until it ends. */
export async function listen(path: string, lastId: string, signal: AbortSignal, heard: (said: Said) => void): Promise<'ended' | 'over'> {
  const headers: Record<string, string> = { accept: 'text/event-stream', authorization: `Bearer ${await bearer()}` };
  if (lastId) headers['last-event-id'] = lastId;
  const response = await fetch(path, { headers, signal });
  if (response.status === 204) return 'over';
  if (!response.ok || !response.body) throw new Error(`The stream was answered ${response.status}.`);
  connection.reached();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return 'ended';
    rest += value;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const said = parse(block);
      if (said) heard(said);
    }
  }
}

export function parse(block: string): Said | undefined {
  const said: Said = { id: '', event: 'message', data: '' };
  let data = false;
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.startsWith('id:')) said.id = value;
    else if (line.startsWith('event:')) said.event = value;
    else if (line.startsWith('data:')) {
      said.data = data ? `${said.data}\n${value}` : value;
      data = true;
    }
  }
  return data ? said : undefined;
}

/** Keeps a stream open until it is over or nobody looks any more; waits longer after each failure in a row. */
export function follow(path: string, from: string, heard: (said: Said) => void): () => void {
  const stop = new AbortController();
  let last = from;
  let failures = 0;
  void (async () => {
    while (!stop.signal.aborted) {
      try {
        const how = await listen(path, last, stop.signal, (said) => {
          failures = 0;
          if (said.id) last = said.id;
          heard(said);
        });
        if (how === 'over') return;
        failures = 0;
      } catch (failure) {
        if (stop.signal.aborted) return;
        failures++;
        if (failure instanceof TypeError) connection.lost();
      }
      await new Promise((resolve) => window.setTimeout(resolve, Math.min(400 * 2 ** failures, 8_000)));
    }
  })();
  return () => stop.abort();
}

/** Lists are asked again when the workspace's log has grown, once a second at most. */
export function useLive(scope: Scope): void {
  const queries = useQueryClient();
  useEffect(() => {
    let timer = 0;
    let stop: () => void = () => {};
    let gone = false;
    const refresh = () => {
      timer ||= window.setTimeout(() => {
        timer = 0;
        for (const key of ['runs', 'gates', 'gate', 'dlq', 'costs', 'head', 'home', 'versions', 'active']) void queries.invalidateQueries({ queryKey: [key] });
      }, 1_000);
    };
    const { workspace } = scope;
    void queries
      .fetchQuery({ queryKey: ['head', workspace], staleTime: 5_000, queryFn: () => told(read.GET('/v1/ledgers/{ws}/head', { params: { path: { ws: workspace } } })) })
      .then((head) => {
        if (gone) return;
        stop = follow(`/v1/ledgers/${encodeURIComponent(workspace)}/entries/stream`, String(head.entries), refresh);
      })
      .catch(() => {});
    return () => {
      gone = true;
      window.clearTimeout(timer);
      stop();
    };
  }, [scope.tenant, scope.workspace, queries]);
}
