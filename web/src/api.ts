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

interface ProblemParts {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly message: string;
  /** Stable: `domain/what-is-wrong`. */
  readonly code?: string | undefined;
  /** What to do. */
  readonly hint?: string | undefined;
}

/** What the server answered in place of what was asked for. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly hint: string | undefined;

  constructor({ status, message, code, hint }: ProblemParts) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** What addresses of pages call the owner of what nobody answers for; the API takes an empty one. */
export const NOBODY = '-';

/** Filters as addresses of pages have them, as the API takes them. */
export function toFilters(search: Readonly<Record<string, string>>): Record<string, string> {
  const filters = Object.entries(search).filter(([, value]) => value !== '');
  return Object.fromEntries(
    filters.map(([key, value]) => [key, key === 'owner' && value === NOBODY ? '' : value]),
  );
}

/** Reads from the API.
 *  @throws {ApiError} */
export function get<Value>(path: string, query: Readonly<Record<string, unknown>> = {}) {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return ask<Value>('GET', text === '' ? path : `${path}?${text}`);
}

/** Changes something by the API.
 *  @throws {ApiError} */
export function send<Value = unknown>(
  method: 'POST' | 'DELETE',
  path: string,
  body: object = {},
): Promise<Value> {
  return ask<Value>(method, path, body);
}

async function ask<Value>(method: string, path: string, body?: object): Promise<Value> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    text = await response.text();
  } catch {
    throw new ApiError({
      status: 0,
      message: 'The server does not answer',
      hint: 'is it still running?',
    });
  }
  if (!response.ok) throw toError(response, text);
  return (text === '' ? undefined : JSON.parse(text)) as Value;
}

/** Something between the browser and the server may answer too, with a page of its own.
 *  @see RFC 9457 */
function toError({ status, statusText }: Response, text: string): ApiError {
  try {
    const problem = JSON.parse(text) as { detail?: string; hint?: string; code?: string };
    const { detail = statusText, hint, code } = problem;
    return new ApiError({ status, message: detail, hint, code });
  } catch {
    return new ApiError({ status, message: `The server answered ${status} ${statusText}`.trim() });
  }
}
