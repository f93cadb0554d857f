import createClient, { type Middleware } from 'openapi-fetch';
import type { paths as ReadPaths, components as ReadComponents } from '../api/read';
import type { paths as WritePaths } from '../api/write';
import { bearer, forget } from './session';
import { clock } from './time';
import { connection } from './connection';

export type Schemas = ReadComponents['schemas'];

/** A refusal that the server explained (RFC 9457). */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly instance: string,
    readonly errors: { file: string; line: number; column: number; message: string }[] = [],
  ) {
    super(detail);
  }
}

/** The server could not be asked. */
export class Unreachable extends Error {}

const middleware: Middleware = {
  async onRequest({ request }) {
    request.headers.set('authorization', `Bearer ${await bearer()}`);
    return request;
  },
  onResponse({ response }) {
    clock.tell(response.headers.get('date'));
    if (response.status === 401) forget();
    return response;
  },
};

async function reaching(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    connection.reached();
    return response;
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure;
    connection.lost();
    throw new Unreachable('The server does not answer.');
  }
}

export const read = createClient<ReadPaths>({ fetch: reaching });
export const write = createClient<WritePaths>({ fetch: reaching });
read.use(middleware);
write.use(middleware);

type Outcome<T> = { data?: T; error?: unknown; response: Response };

/** The data, or a {@link ProblemError}. */
export async function told<T>(asked: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok && data !== undefined) return data;
  throw problem(error, response.status);
}

function problem(error: unknown, status: number): ProblemError {
  const body = (typeof error === 'object' && error !== null ? error : {}) as Partial<Schemas['Problem']>;
  return new ProblemError(
    status,
    body.code ?? 'UNKNOWN',
    body.title ?? `The server answered ${status}`,
    body.detail ?? 'It gave no reason.',
    body.instance ?? '',
    body.errors ?? [],
  );
}

/** What the typed client has no words for: bytes and texts. */
export async function raw(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const response = await reaching(new Request(path, { headers: { ...headers, authorization: `Bearer ${await bearer()}` } }));
  if (response.ok) return response;
  if (response.status === 401) forget();
  throw problem(await response.json().catch(() => undefined), response.status);
}

/** A command that the typed client has no shape for. */
export async function send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, key?: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${await bearer()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(key ? { 'idempotency-key': key } : {}) };
  const response = await reaching(new Request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
  const said: unknown = await response.json().catch(() => undefined);
  if (response.ok) return said ?? {};
  if (response.status === 401) forget();
  throw problem(said, response.status);
}

/** One key for one intent: pressing twice does it once. */
export function intent(): string {
  return crypto.randomUUID();
}

/** All pages of a list, as long as there are not too many. */
export async function everything<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next?: string }>,
  most = 2_000,
  progress?: (items: T[]) => void,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    items.push(...next.items);
    progress?.(items);
    cursor = next.next;
  } while (cursor && items.length < most);
  return items;
}
