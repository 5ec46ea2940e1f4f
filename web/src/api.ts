import type { Answers } from '../../src/estate/model.ts';
import type { OwnerSummary } from '../../src/estate/store.ts';

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number;
}

export interface AnswersAt {
  readonly answers: Answers;
  readonly at: string;
}

export interface LatestAnswers {
  readonly answers: Answers | null;
  readonly at: string | null;
}

export interface Scan {
  readonly name: string;
  readonly environment: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly progress: { readonly done: number; readonly total: number };
  readonly endedAt: string | null;
  readonly fileCount: number;
  readonly diagnosticCount: number;
  readonly failure: string | null;
}

export type Owner = OwnerSummary;

/** What the server answered in place of what was asked for. */
export class ApiError extends Error {
  readonly status: number;
  readonly hint: string | undefined;

  constructor(status: number, message: string, hint?: string) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

/** Reads from the API.
 *  @throws {ApiError} */
export function get<Value>(path: string, query: Readonly<Record<string, unknown>> = {}) {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return ask<Value>('GET', text === '' ? path : `${path}?${text}`);
}

/** Changes something by the API.
 *  @throws {ApiError} */
export function send(method: 'POST' | 'DELETE', path: string, body: object = {}): Promise<unknown> {
  return ask(method, path, body);
}

async function ask<Value>(method: string, path: string, body?: object): Promise<Value> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
  } catch {
    throw new ApiError(0, 'The server does not answer', 'is it still running?');
  }
  const text = await response.text();
  const value: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return value as Value;
  const problem = (value ?? {}) as { detail?: string; hint?: string };
  throw new ApiError(response.status, problem.detail ?? response.statusText, problem.hint);
}
