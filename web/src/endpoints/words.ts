import type { Endpoint } from '../../../src/estate/model.ts';
import { ago, grouped, nameOf, partsOf } from '../names.ts';

/** What the console says of endpoints, in words. */

export type Traffic = NonNullable<Endpoint['traffic']>;

/** Why the endpoint has its status, in a sentence or two. */
export function statusReason(endpoint: Endpoint, now = Date.now()): string {
  const { visibility, traffic } = endpoint;
  if (visibility === 'probe') {
    return 'Every request was answered 404: somebody asks for it, but nothing answers there. It is not judged.';
  }
  if (visibility === 'unstable') {
    const seen =
      traffic === null ? 'too little was seen of it' : `seen in ${requestWords(traffic.requests)}`;
    return `Not yet called an endpoint: ${seen}. It is not judged until more is seen.`;
  }
  return REASONS[endpoint.status](endpoint, now);
}

function requestWords(count: number): string {
  return count === 1 ? '1 request' : `${grouped(count)} requests`;
}

type Reason = (endpoint: Endpoint, now: number) => string;

const REASONS: Readonly<Record<Endpoint['status'], Reason>> = {
  governed: ({ owner }) =>
    `It is declared${owner === null ? '' : `, ${owner} answers for it`}, and nothing contradicts it.`,
  shadow: (endpoint, now) =>
    `It is ${listed(evidenceOf(endpoint, now))}, but no specification declares it.`,
  zombie: (endpoint, now) =>
    `${endpoint.deprecated ? 'It is deprecated' : 'Its service is retired'}, and still ${calledWords(endpoint, now)}.`,
  dormant: () => 'It is declared, but neither implemented nor seen in traffic.',
  unowned: (endpoint, now) =>
    `It is ${listed(['declared', ...evidenceOf(endpoint, now)])}, but nobody answers for it.`,
};

function evidenceOf(endpoint: Endpoint, now: number): string[] {
  return [
    endpoint.implementedIn.length > 0 ? 'implemented' : '',
    endpoint.configuredIn.length > 0 ? 'reachable by configuration' : '',
    endpoint.observed ? calledWords(endpoint, now) : '',
  ].filter((word) => word !== '');
}

function calledWords({ traffic }: Endpoint, now: number): string {
  if (traffic === null) return 'called';
  return `called (last ${ago(traffic.lastSeen, now)})`;
}

/** `a`, `a and b`, `a, b and c`; of nothing, `known`. */
export function listed(words: readonly string[]): string {
  if (words.length === 0) return 'known';
  if (words.length === 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Requests a minute, as short as it can be told. */
export function toRate(perMinute: number): string {
  if (perMinute <= 0) return 'idle';
  if (perMinute < 0.1) return '< 0.1/min';
  if (perMinute < 10) return `${Number(perMinute.toFixed(1))}/min`;
  return `${grouped(Math.round(perMinute))}/min`;
}

/** A share of 0 to 1 in percent; what is not nothing is never told as nothing, nor all as all. */
export function toPercent(share: number): string {
  if (share <= 0) return '0 %';
  if (share >= 1) return '100 %';
  if (share < 0.001) return 'under 0.1 %';
  if (share > 0.999) return 'over 99.9 %';
  if (share < 0.1 || share > 0.99) return `${(100 * share).toFixed(1)} %`;
  return `${Math.round(100 * share)} %`;
}

export interface StatusShare {
  /** `200`; `not told` where the source does not say. */
  readonly status: string;
  readonly requests: number;
  readonly share: number;
  /** As badges are coloured. */
  readonly tone: 'good' | 'plain' | 'warn' | 'bad';
}

const TONES = { 2: 'good', 3: 'plain', 4: 'warn', 5: 'bad' } as const;

/** Requests by status, in the order of the codes. */
export function statusShares({ statuses }: Pick<Traffic, 'statuses'>): StatusShare[] {
  const counts = Object.entries(statuses)
    .map(([status, requests]) => ({ code: Number(status), requests }))
    .sort((a, b) => (a.code || 1_000) - (b.code || 1_000));
  const total = counts.reduce((sum, { requests }) => sum + requests, 0);
  return counts.map(({ code, requests }) => ({
    status: code === 0 ? 'not told' : String(code),
    requests,
    share: total === 0 ? 0 : requests / total,
    tone: TONES[Math.floor(code / 100) as keyof typeof TONES] ?? 'plain',
  }));
}

const CREDENTIALS: Readonly<Record<string, string>> = {
  mtls: 'a client certificate (mTLS)',
  token: 'a bearer token',
  basic: 'a user name and password',
  'api-key': 'an API key',
  cookie: 'a cookie',
  none: 'no credential',
};

/** What requests carried; never that it was checked. */
export function credentialWords(credential: string): string {
  return CREDENTIALS[credential] ?? credential;
}

const ORIGINS: Readonly<Record<Traffic['templateFrom'], string>> = {
  person: 'A person set it: by a correction, or by adopting the endpoint.',
  route: 'The service’s own instrumentation or its gateway names it (http.route).',
  specification: 'A specification declares it, and the traffic fits.',
  code: 'The code that handles it says so, and the traffic fits.',
  learned: 'Learnt from the paths that were requested.',
};

export function originWords(origin: Traffic['templateFrom']): string {
  return ORIGINS[origin];
}

const REVIEWS: Readonly<Record<NonNullable<Endpoint['review']>, string>> = {
  shadow: 'declared nowhere',
  zombie: 'deprecated, and still called',
  changed: 'changed',
  unowned: 'without an owner',
  'acceptance-ended': 'accepted risk that has ended',
  'sunset-passed': 'past its last day',
};

/** Why a person should look at it; continues `waits for review:`. */
export function reviewWords(reason: string): string {
  return (REVIEWS as Readonly<Record<string, string>>)[reason] ?? reason;
}

export interface InEnvironment {
  readonly environment: string;
  readonly id: string;
  readonly status: Endpoint['status'];
  readonly observed: boolean;
}

/** The endpoint in every environment that has it, by name. */
export function environmentsOf(endpoint: Endpoint): InEnvironment[] {
  const { id, status, observed, service, elsewhere } = endpoint;
  const here = { environment: partsOf(service).environment, id, status, observed };
  return [here, ...elsewhere].sort((a, b) => a.environment.localeCompare(b.environment));
}

/** What a list of selected endpoints is called in titles and announcements. */
export function endpointsWords(endpoints: readonly Endpoint[]): string {
  const [only] = endpoints;
  if (endpoints.length === 1 && only) {
    return `${only.method} ${only.template} of ${nameOf(only.service)}`;
  }
  return `${grouped(endpoints.length)} endpoints`;
}
