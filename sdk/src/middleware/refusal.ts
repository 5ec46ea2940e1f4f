/** Why a request goes no further. */
export interface Refusal {
  readonly status: 401 | 403 | 503;
  /** Stable: `caller/what-is-wrong`. */
  readonly code: RefusalCode;
  /** For the caller: what happened. */
  readonly detail: string;
  /** For the caller: what to do. */
  readonly hint?: string;
  /** For logs, not for callers. */
  readonly cause?: unknown;
}

const REFUSALS = {
  'caller/unauthenticated': {
    status: 401,
    hint: 'call over mutual TLS, or with a JWT-SVID where those are taken',
  },
  'caller/proof-expired': { status: 401, hint: 'connect again with a fresh X.509-SVID' },
  'caller/token-invalid': { status: 401, hint: 'fetch a fresh JWT-SVID for this audience' },
  'caller/contradiction': {
    status: 401,
    hint: 'send the token of the workload that connects, or none',
  },
  'caller/unavailable': { status: 503, hint: 'try again in a moment' },
  'caller/forbidden': { status: 403, hint: undefined },
  'caller/undecided': { status: 403, hint: undefined },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export function refusal(code: RefusalCode, detail: string, cause?: unknown): Refusal {
  const { status, hint } = REFUSALS[code];
  return {
    status,
    code,
    detail,
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  };
}

/** A refusal as HTTP tells it. */
export interface ProblemResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TITLES = { 401: 'Not authenticated', 403: 'Forbidden', 503: 'Unavailable' } as const;

/** @see RFC 9457 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint?: string;
}

export function toProblem({ status, code, detail, hint }: Refusal): Problem {
  const type = `https://reeve.dev/problems/${code}`;
  return { type, title: TITLES[status], status, detail, code, ...(hint !== undefined && { hint }) };
}

export function toProblemResponse(refused: Refusal, takesTokens: boolean): ProblemResponse {
  return {
    status: refused.status,
    headers: headersOf(refused, takesTokens),
    body: JSON.stringify(toProblem(refused)),
  };
}

/** @see RFC 9110 §11.6.1, §10.2.3; RFC 6750 §3; RFC 9457 §3 */
export function headersOf(refused: Refusal, takesTokens: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'content-type': 'application/problem+json',
  };
  if (refused.status === 503) headers['retry-after'] = '1';
  if (refused.status !== 401) return headers;
  // A challenge must be there, and client certificates have no registered one.
  headers['www-authenticate'] = takesTokens ? bearerChallenge(refused) : 'mTLS';
  return headers;
}

const bearerChallenge = ({ code }: Refusal): string =>
  code === 'caller/unauthenticated' ? 'Bearer' : 'Bearer error="invalid_token"';
