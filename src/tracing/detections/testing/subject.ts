import { Usual } from '../../baseline/index.ts';
import { Hop, RANK } from '../../hop.ts';
import type { KnownEndpoint, KnownService } from '../../ports.ts';
import type { Participant, Subject } from '../subject.ts';

const HOUR = 3_600_000;

export function knownService(id: string, more: Partial<KnownService> = {}): KnownService {
  return {
    id,
    owner: null,
    kind: 'workload',
    exposure: 'internal',
    criticality: null,
    identity: null,
    sensitivity: [],
    isVouchedFor: true,
    ...more,
  };
}

export function participant(number: number, name: string, known = true): Participant {
  const id = `prod/shop/${name}`;
  return { number, id, name, known: known ? knownService(id) : undefined };
}

export function knownEndpoint(more: Partial<KnownEndpoint> = {}): KnownEndpoint {
  return {
    ...{ id: 'endpoint', status: 'governed', criticality: null },
    sensitivity: [],
    isBlocked: false,
    ...more,
  };
}

export interface SubjectParts {
  readonly hop?: Partial<Hop>;
  readonly usual?: Partial<Usual>;
  readonly subject?: Partial<Subject>;
}

/** A call from reviews (1) to payments (2) in which nothing is unusual, with what a test changes. */
export function subjectOf({ hop = {}, usual = {}, subject = {} }: SubjectParts): Subject {
  return {
    hop: Object.assign(
      new Hop(),
      { caller: 1, claimed: 1, proved: 1, principal: 1, callee: 2, endpoint: 1, address: 1 },
      { rank: RANK.authenticated, hasContext: true, at: Date.UTC(2026, 0, 20) },
      hop,
    ),
    usual: Object.assign(
      new Usual(),
      { watchedMs: 14 * 24 * HOUR },
      { isEdgeKnown: true, isEndpointEdgeKnown: true, isCallerKnown: true, isCalleeKnown: true },
      { edgeDays: 12, edgeCount: 5_000, edgeContextShare: 1, endpointEdgeDays: 12 },
      { callerDays: 14, callerSettledDays: 11, callerCallees: 3, callerAgeMs: 14 * 24 * HOUR },
      { calleeDays: 14, calleeCallers: 4, calleeRequests: 9_000, endpointCallers: 2 },
      { isPrincipalKnown: true, isPrincipalKnownForCaller: true, isPrincipalKnownForClaimed: true },
      { isAddressKnownForCaller: true, isAddressKnownForPrincipal: true },
      usual,
    ),
    from: participant(1, 'reviews'),
    to: participant(2, 'payments'),
    claimed: participant(1, 'reviews'),
    place: undefined,
    isPassedOn: false,
    principal: 'spiffe://example.org/ns/shop/sa/reviews',
    address: '10.0.0.7',
    operation: 'POST /v1/charges',
    endpoint: knownEndpoint(),
    policy: 'unknown',
    isDeclared: false,
    sensitivity: [],
    callerChangedMs: Infinity,
    calleeChangedMs: Infinity,
    lookalike: undefined,
    ...subject,
  };
}
