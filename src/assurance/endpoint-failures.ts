import type { Endpoint, Severity } from '../estate/index.ts';
import { isCalledAfterBlock, isOver, toDay } from '../inventory/index.ts';
import { calls, isOperational, type JudgedEndpoint, nameOf } from './endpoint-words.ts';
import type { Failure } from './failure.ts';
import { unauthenticated } from './unauthenticated.ts';

/** What is wrong with one endpoint. What is hidden fails nothing; what was accepted is not told until
 *  its date; of what was blocked only that it is called all the same. */
export function endpointFailures(judged: JudgedEndpoint): Failure[] {
  const { endpoint, now } = judged;
  if (endpoint.visibility !== 'shown' || isAccepted(endpoint, now)) return [];
  const failures: Failure[] = [];
  for (const rule of endpoint.blocked ? [blockedCalled] : RULES) {
    const failure = rule(judged);
    if (failure) failures.push(failure);
  }
  return failures;
}

/** The later decision counts: what was blocked after the risk was accepted is not accepted. */
function isAccepted({ decisions }: Endpoint, now: string): boolean {
  const accepted = decisions.find(({ action }) => action === 'accept');
  if (accepted?.until === undefined || isOver(accepted.until, now)) return false;
  const blocked = decisions.find(({ action }) => action === 'block');
  return blocked === undefined || blocked.at < accepted.at;
}

type Rule = (judged: JudgedEndpoint) => Failure | undefined;

const RULES: readonly Rule[] = [
  shadow,
  zombie,
  dormant,
  changed,
  uncalled,
  productionOnly,
  unauthenticated,
];

/** Platform endpoints (probes, metrics) weigh nothing, sensitive and called ones more. */
function shadow(judged: JudgedEndpoint): Failure | undefined {
  const { endpoint } = judged;
  if (endpoint.status !== 'shadow') return undefined;
  const { implementedIn, configuredIn, observed } = endpoint;
  const seen = [
    implementedIn.length > 0 && 'implemented',
    observed && calls(judged),
    configuredIn.length > 0 && implementedIn.length === 0 && !observed && 'configured',
  ].filter((word) => word !== false);
  const tags = endpoint.sensitivity.map(({ tag }) => tag);
  const data = tags.length > 0 ? `; it handles ${tags.join(', ')} data` : '';
  return {
    control: 'inventory/shadow-endpoint',
    subject: endpoint.id,
    message: `${nameOf(judged)} is ${seen.join(' and ')} but not declared${data}`,
    location: implementedIn[0] ?? configuredIn[0],
    severity: severityOfShadow(endpoint),
  };
}

function severityOfShadow(endpoint: Endpoint): Severity {
  if (isOperational(endpoint)) return 'info';
  return endpoint.sensitivity.length > 0 || endpoint.observed ? 'high' : 'medium';
}

/** Until the date that a person set, callers are expected to be moving. */
function zombie(judged: JudgedEndpoint): Failure | undefined {
  const { endpoint, now } = judged;
  if (endpoint.status !== 'zombie') return undefined;
  const sunset = endpoint.decisions.find(({ action }) => action === 'deprecate')?.until;
  const why = endpoint.deprecated ? 'deprecated' : 'of a retired service';
  const date = sunset === undefined ? '' : ` until ${toDay(sunset, now)}`;
  return {
    control: 'inventory/zombie-endpoint',
    subject: endpoint.id,
    message: `${nameOf(judged)} is ${why}${date} and still ${calls(judged)}`,
    location: endpoint.declaredIn[0] ?? endpoint.implementedIn[0],
    ...(sunset !== undefined && !isOver(sunset, now) && { severity: 'low' }),
  };
}

function dormant(judged: JudgedEndpoint): Failure | undefined {
  const { endpoint } = judged;
  if (endpoint.status !== 'dormant') return undefined;
  return {
    control: 'inventory/dormant-endpoint',
    subject: endpoint.id,
    message: `${nameOf(judged)} is declared, but neither implemented in the code that was read nor observed`,
    location: endpoint.declaredIn[0],
  };
}

const CHANGES_SHOWN = 3;

/** Of a shadow, everything is a change. */
function changed(judged: JudgedEndpoint): Failure | undefined {
  const { changes, status, id, declaredIn, implementedIn, traffic } = judged.endpoint;
  if (changes.length === 0 || status === 'shadow') return undefined;
  const rest = changes.length - CHANGES_SHOWN;
  const more = rest > 0 ? `; and ${rest} more` : '';
  const isOpened = traffic?.changes.some(
    ({ what, value }) => what === 'authentication' && value === 'none',
  );
  return {
    control: 'inventory/changed-endpoint',
    subject: id,
    message: `${nameOf(judged)} has changed: ${changes.slice(0, CHANGES_SHOWN).join('; ')}${more}`,
    location: declaredIn[0] ?? implementedIn[0],
    ...(isOpened && { severity: 'high' }),
  };
}

/** Methods that clients and proxies may ask for by themselves, or not. */
const INCIDENTAL_METHODS = new Set(['ANY', 'HEAD', 'OPTIONS', 'TRACE']);

/** It is there, and other operations of its service went on being called for long after anybody was
 *  last seen to call it. */
function uncalled(judged: JudgedEndpoint): Failure | undefined {
  const { endpoint, watched, activeDays, now } = judged;
  const { status, method, traffic } = endpoint;
  if (!watched || (status !== 'governed' && status !== 'unowned')) return undefined;
  if (INCIDENTAL_METHODS.has(method) || isOperational(endpoint)) return undefined;
  const last = traffic?.lastSeen ?? watched.from;
  if (Date.parse(watched.until) - Date.parse(last) < activeDays * 86_400_000) return undefined;
  return {
    control: 'inventory/uncalled-endpoint',
    subject: endpoint.id,
    message: `${nameOf(judged)} was not seen to be called since ${toDay(last, now)}, while others of its operations were`,
    location: endpoint.implementedIn[0] ?? endpoint.declaredIn[0],
  };
}

function productionOnly(judged: JudgedEndpoint): Failure | undefined {
  const { endpoint, stagedIn } = judged;
  if (stagedIn === undefined || isOperational(endpoint)) return undefined;
  const environment = endpoint.service.slice(0, endpoint.service.indexOf('/'));
  return {
    control: 'inventory/production-only-endpoint',
    subject: endpoint.id,
    message: `${nameOf(judged)} runs in ${environment}, and was never seen, declared or configured in ${stagedIn.join(', ')}`,
    location: endpoint.implementedIn[0] ?? endpoint.declaredIn[0] ?? endpoint.configuredIn[0],
  };
}

function blockedCalled(judged: JudgedEndpoint): Failure | undefined {
  const { endpoint, now } = judged;
  const blocked = endpoint.decisions.find(({ action }) => action === 'block');
  if (!blocked || !isCalledAfterBlock(blocked.at, endpoint.traffic)) return undefined;
  const last = toDay(endpoint.traffic?.lastSeen ?? now, now);
  return {
    control: 'inventory/blocked-endpoint-called',
    subject: endpoint.id,
    message: `${nameOf(judged)} is blocked since ${toDay(blocked.at, now)}, and was still ${calls(judged)}, last on ${last}`,
    location: endpoint.implementedIn[0] ?? endpoint.declaredIn[0],
  };
}
