import type { Policy, PolicyService, Question } from '../../model/index.ts';
import { matchesLoosely, parsePattern, toWirePath } from '../../operations/index.ts';
import type { Compile, Compiled, Notice, TargetContext } from '../compiled.ts';
import { placementsOf } from '../placements.ts';
import { type Pod, podOf, type Request, STRANGER, workloadsFor } from './world.ts';

/** What a target does with a request of one pod to another. */
export type Lets = (from: Pod, to: Pod, request: Request) => boolean;

export interface TestedTarget {
  readonly compile: Compile;
  /** An evaluator of its own words. */
  readonly lets: (compiled: Compiled, context: TargetContext) => Lets;
}

/** How an answer of a target stands to that of the policy. */
export type Standing = 'same' | 'named' | 'spelling' | 'wider' | 'stricter';

const TRUST_DOMAIN = 'example.org';

/** All services of a policy, with pods for each of their identities. */
export function contextFor(policy: Policy, egress = false): TargetContext {
  const workloads = workloadsFor(policy.services);
  return {
    placements: placementsOf(policy.services, workloads),
    trustDomain: TRUST_DOMAIN,
    policy,
    egress,
  };
}

/** Asks a target what the policy answers with `want`. */
export function compare(
  lets: Lets,
  { notices }: Compiled,
  { policy }: TargetContext,
  question: Question,
  want: boolean,
): Standing {
  const callers = callersOf(policy.services, question);
  const request = requestOf(question);
  const callees = podsOf(policy.services.filter(({ id }) => id === question.service));
  const got = callers.some((from) => callees.some((to) => lets(from, to, request)));
  if (got === want) return 'same';
  const effect = got ? 'left' : 'denied';
  if (notices.some((notice) => notice.effect === effect && isAbout(notice, policy, question))) {
    return 'named';
  }
  if (!got && isSpeltOtherwise(question.path)) return 'spelling';
  return got ? 'wider' : 'stricter';
}

const podsOf = (services: readonly PolicyService[]): Pod[] => workloadsFor(services).map(podOf);

/** Every pod that may have proved this; a stranger where nobody did. */
function callersOf(services: readonly PolicyService[], { caller, proof }: Question): Pod[] {
  const account = /^spiffe:\/\/example\.org\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(caller ?? '');
  if (!account || proof === undefined) return [STRANGER];
  const [, namespace = '', serviceAccount = ''] = account;
  const known = podsOf(services).filter(
    (pod) => pod.namespace === namespace && pod.serviceAccount === serviceAccount,
  );
  const unknown = { namespace, serviceAccount, labels: { app: 'unknown' }, isMeshed: true };
  return known.length > 0 ? known : [unknown];
}

function requestOf({ protocol, method, path }: Question): Request {
  return { port: 8080, http: protocol === 'http' ? { method, path } : undefined };
}

function isAbout(notice: Notice, { services }: Policy, question: Question): boolean {
  const { service, caller, operation } = notice;
  // What is said of every policy explains no answer in particular.
  if (service !== question.service) return false;
  const names = services
    .filter(({ identities }) => identities.includes(question.caller ?? ''))
    .map(({ id }) => id);
  if (caller !== undefined && ![...names, question.caller].includes(caller)) return false;
  return operation === undefined || isOperation(operation, question);
}

function isOperation(operation: string, { method, path, protocol }: Question): boolean {
  if (operation === '*') return true;
  const [named, template = ''] = operation.split(' ');
  if (named !== '*' && named !== method) return false;
  if (protocol !== 'http') return template === path;
  const [pattern, wire] = [parsePattern(template), toWirePath(path)];
  return pattern !== undefined && typeof wire === 'string' && matchesLoosely(pattern, wire);
}

/** What the documentation says of every target that compares paths as they are sent: what is percent-encoded without
 *  need, and `%25`, is denied. */
function isSpeltOtherwise(path: string): boolean {
  return /%(?:25|2[DEde]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])/.test(path);
}
