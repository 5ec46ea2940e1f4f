import { quote } from '../base/fault.ts';
import type { EndpointTraffic } from '../estate/index.ts';
import { toDay } from './words.ts';

/** What an endpoint was found to be, and what specifications and people say of it. */
export interface Compared {
  readonly traffic: EndpointTraffic;
  readonly method: string;
  /** Names and status codes that specifications declare; empty where they declare none. */
  readonly parameters: readonly string[];
  readonly responses: readonly string[];
  readonly isDeclared: boolean;
  /** When a person last adopted it, as it was then (RFC 3339). */
  readonly adoptedAt: string | undefined;
  readonly now: string;
}

/** Sentences for one endpoint; what is further is counted. */
const MAX_SENTENCES = 20;

/** How an endpoint differs from what is declared and from what it used to be, a sentence each.
 *
 *  A specification that names parameters, or status codes, names all of them: what it has is no
 *  change however new, what it lacks is one however old. Where it names none, and for credentials and
 *  methods, new is what came up after the endpoint was established and after it was last adopted. */
export function changesOf(compared: Compared): string[] {
  const { traffic } = compared;
  const { length } = traffic.changes;
  // most endpoints have not changed, and nothing that they could differ from
  if (length + compared.parameters.length + compared.responses.length === 0) return [];
  const all = KINDS.flatMap((kind) =>
    kind.values(traffic).flatMap((value) => sentenceOf(kind, value, compared) ?? []),
  );
  if (all.length <= MAX_SENTENCES) return all;
  const rest = all.length - MAX_SENTENCES;
  return [...all.slice(0, MAX_SENTENCES), `and ${rest} more`];
}

function sentenceOf(kind: Kind, value: string, compared: Compared): string | undefined {
  const { traffic, adoptedAt, now } = compared;
  const declared = kind.isDeclared(value, compared);
  if (declared === true) return undefined;
  const since = traffic.changes.find(
    (change) => change.what === kind.what && change.value === value,
  )?.since;
  const isNew = since !== undefined && (adoptedAt === undefined || since > adoptedAt);
  if (declared === undefined && !isNew) return undefined;
  const time = since === undefined ? '' : ` since ${toDay(since, now)}`;
  return kind.say(value, time, declared === false);
}

interface Kind {
  readonly what: EndpointTraffic['changes'][number]['what'];
  /** Everything of the kind that traffic shows. */
  readonly values: (traffic: EndpointTraffic) => readonly string[];
  /** What the specification says of it; undefined where it says nothing of the kind. */
  readonly isDeclared: (value: string, compared: Compared) => boolean | undefined;
  /** @param since ` since 3 May`, or nothing */
  readonly say: (value: string, since: string, isAgainstDeclared: boolean) => string;
}

const KINDS: readonly Kind[] = [
  {
    what: 'method',
    values: valuesChanged('method'),
    isDeclared: (_, { isDeclared }) => (isDeclared ? true : undefined),
    say: (value, since) => `the method ${value} is new${since}`,
  },
  {
    what: 'parameter',
    values: ({ parameters }) => parameters.filter((name) => !isTracking(name)),
    isDeclared: (name, { parameters }) =>
      parameters.length === 0 ? undefined : hasParameter(parameters, name),
    say: (name, since, isAgainst) =>
      isAgainst
        ? `the query parameter ${quote(name)} is called with${since} and not in the specification`
        : `the query parameter ${quote(name)} is new${since}`,
  },
  {
    what: 'response',
    values: ({ statuses }) => Object.keys(statuses).filter(isOwnAnswer),
    isDeclared: (status, { responses }) =>
      responses.length === 0 ? undefined : hasResponse(responses, status),
    say: (status, since, isAgainst) =>
      isAgainst
        ? `the status ${status} is answered${since} and not in the specification`
        : `the status ${status} is new${since}`,
  },
  {
    what: 'authentication',
    values: valuesChanged('authentication'),
    isDeclared: () => undefined,
    say: (credential, since) =>
      credential === 'none'
        ? `it is called without a credential${since}`
        : `it is called with ${credential}${since}`,
  },
];

function valuesChanged(what: Kind['what']): Kind['values'] {
  return ({ changes }) => changes.filter((one) => one.what === what).map(({ value }) => value);
}

/** Parameters that browsers, campaigns and caches add to any address. */
function isTracking(name: string): boolean {
  return /^(?:utm_\w{1,40}|gclid|fbclid|msclkid|_|_ga|_gl)$/i.test(name);
}

/** `filter[name]`, `ids[]` and `ids` are the parameters of those names; case is forgiven. */
function hasParameter(declared: readonly string[], name: string): boolean {
  const wanted = baseName(name);
  return declared.some((one) => baseName(one) === wanted);
}

function baseName(name: string): string {
  const bracket = name.indexOf('[');
  return (bracket > 0 ? name.slice(0, bracket) : name).toLowerCase();
}

/** What any server or proxy answers to a bad, unauthenticated or unlucky request says nothing of what
 *  the endpoint is. Everything below 400 is its own, and of the rest what only it can mean. */
function isOwnAnswer(status: string): boolean {
  const code = Number(status);
  return (code >= 200 && code < 400 && code !== 304) || OWN_REFUSALS.has(code);
}

/** Payment required, conflict, gone, teapot, locked, failed dependency.
 *  @see RFC 9110 §15.5, RFC 4918 §11 */
const OWN_REFUSALS = new Set([402, 409, 410, 418, 423, 424]);

/** @see OpenAPI 3.1 §4.8.16: a code, a range (`4XX`), or `default` for all others */
function hasResponse(declared: readonly string[], status: string): boolean {
  return declared.some(
    (one) => one === status || one === 'default' || one === `${status.charAt(0)}XX`,
  );
}
