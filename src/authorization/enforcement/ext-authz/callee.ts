import { quote } from '../../../base/fault.ts';
import type { CheckProblem } from './reasons.ts';

/** Why a question of a proxy cannot be decided. */
export interface Unanswerable {
  readonly problem: CheckProblem;
  /** A sentence for people. */
  readonly message: string;
}

/** All that says which service is called. */
export interface CalleeEvidence {
  /** SPIFFE IDs of the proxy that asks, where the connection on which it asks proves them; undefined: it does not. */
  readonly proved: readonly string[] | undefined;
  /** What the configuration of the proxy says: the id of a service, or a SPIFFE ID; empty: nothing. */
  readonly said: string;
  /** The principal by which the proxy is known to the caller; empty: none. */
  readonly destination: string;
}

/** Which services a SPIFFE ID proves to be. */
export type ServicesOf = (spiffeId: string) => readonly string[];

/** The id of the service that is called. What the proxy is proved to be outranks what it says of itself, and only among
 *  several services does its word count. Without proof, what it says outranks the certificate that callers see, which
 *  may be another's where it stands before several services. */
export function calleeOf(evidence: CalleeEvidence, servicesOf: ServicesOf): string | Unanswerable {
  const { proved, said, destination } = evidence;
  if (proved !== undefined) return provedCallee(proved, said, servicesOf);
  if (said !== '') return said.startsWith(SPIFFE) ? only([said], servicesOf) : said;
  return destination.startsWith(SPIFFE) ? only([destination], servicesOf) : UNSAID;
}

const SPIFFE = 'spiffe://';
const MAX_TOLD = 5;

const UNSAID: Unanswerable = {
  problem: 'callee-unsaid',
  message:
    'The proxy does not say which service is called: it needs `reeve.service` in its `context_extensions`, or an identity',
};

function provedCallee(
  proved: readonly string[],
  said: string,
  servicesOf: ServicesOf,
): string | Unanswerable {
  if (said === '') return only(proved, servicesOf);
  const services = new Set(proved.flatMap((id) => servicesOf(id)));
  const wanted = said.startsWith(SPIFFE)
    ? servicesOf(said).filter((id) => services.has(id))
    : [said];
  if (wanted.length > 1) return ambiguous([said], wanted);
  const [service] = wanted;
  if (service !== undefined && services.has(service)) return service;
  return {
    problem: 'callee-contradicted',
    message: `The proxy asks for ${quote(said, 200)}, and is ${list(proved)}`,
  };
}

/** An identity of no service that is known is asked about as it is, and answered by the engine. */
function only(ids: readonly string[], servicesOf: ServicesOf): string | Unanswerable {
  const [first] = ids;
  // nearly always
  if (first !== undefined && ids.length === 1 && servicesOf(first).length === 1) {
    return servicesOf(first)[0] ?? first;
  }
  const services = [...new Set(ids.flatMap((id) => servicesOf(id)))];
  const [service = first] = services;
  if (service === undefined) return UNSAID;
  return services.length > 1 ? ambiguous(ids, services) : service;
}

function ambiguous(ids: readonly string[], services: readonly string[]): Unanswerable {
  return {
    problem: 'callee-ambiguous',
    message: `${list(ids)} is the identity of ${list(services)}: the proxy must say which is called, by \`reeve.service\` in its \`context_extensions\``,
  };
}

function list(names: readonly string[]): string {
  const told = names.slice(0, MAX_TOLD).map((name) => quote(name, 200));
  if (names.length > MAX_TOLD) told.push('others');
  return told.join(' and ');
}
