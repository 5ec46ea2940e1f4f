import { messageOf } from '../../../base/fault.ts';
import type { GrpcCall, GrpcLimits, GrpcService } from '../../../base/grpc/index.ts';
import type { Decision, EnforcementMode, Question } from '../../model/index.ts';
import { calleeOf, type ServicesOf, type Unanswerable } from './callee.ts';
import {
  type CheckRequest,
  MAX_RESERVED,
  RESERVED_PREFIX,
  readCheckRequest,
} from './check-request.ts';
import { denying, lettingThrough, type Verdict } from './check-response.ts';
import type { CheckOutcome, CheckReason } from './reasons.ts';

/** What decides now, and who hears of it. */
export interface ExtAuthzPorts {
  /** By the policy as it is now. */
  decide(question: Question): Decision;
  /** The mode of the callee, where the call is surely allowed: most are, and need no sentence. Undefined: ask `decide`. */
  admits?(question: Question): EnforcementMode | undefined;
  /** Which services a SPIFFE ID proves to be, by the policy as it is now. */
  readonly servicesOf: ServicesOf;
  /** The SPIFFE IDs of the Envoy that asks, where its connection proves them; undefined: it does not. */
  readonly provedBy?: (call: GrpcCall) => readonly string[] | undefined;
  /** Hears of every request. */
  readonly count: (outcome: CheckOutcome, reason: CheckReason) => void;
  /** Hears of each call that `admits` lets through, for the decision log. */
  readonly onAdmitted?: (question: Question) => void;
  /** Hears of each other decision, for the decision log. Questions that cannot be decided are only counted. */
  readonly onDecision?: (question: Question, decision: Decision) => void;
  /** Hears of what decides and has thrown: a defect. */
  readonly onDefect: (thrown: unknown) => void;
}

/** What one question may cost. Envoy takes 60 KiB of headers from a caller if it is not told otherwise. */
export const EXT_AUTHZ_LIMITS: Pick<GrpcLimits, 'maxMessageBytes' | 'maxInflatedBytes'> = {
  maxMessageBytes: 512 * 1024,
  maxInflatedBytes: 512 * 1024,
};

export const EXT_AUTHZ = 'envoy.service.auth.v3.Authorization';

/** Envoy's external authorisation: who may call is who is allowed by the policy, and every question is answered, be it
 *  with a denial.
 *  @see envoy/service/auth/v3/external_auth.proto */
export function extAuthz(ports: ExtAuthzPorts): GrpcService {
  return {
    name: EXT_AUTHZ,
    methods: {
      Check: { kind: 'direct', handle: (message, call) => check(ports, message, call) },
    },
  };
}

/** Answers a CheckRequest with a CheckResponse. Never throws.
 *  @param call the call that asks; absent where its connection can prove nothing */
export function check(ports: ExtAuthzPorts, message: Buffer, call?: GrpcCall): Buffer {
  let request: CheckRequest;
  try {
    request = readCheckRequest(message);
  } catch (thrown) {
    return refuse(ports, { problem: 'check-malformed', message: messageOf(thrown) }, false);
  }
  const isGrpc = request.http?.isGrpc ?? false;
  try {
    const question = questionOf(ports, request, call);
    if ('problem' in question) return refuse(ports, question, isGrpc);
    const mode = ports.admits?.(question);
    if (mode !== undefined) return admit(ports, question, mode, request);
    const decision = ports.decide(question);
    ports.onDecision?.(question, decision);
    return answer(ports, decision, request);
  } catch (thrown) {
    ports.onDefect(thrown);
    return refuse(ports, FAILED, isGrpc);
  }
}

const FAILED: Unanswerable = {
  problem: 'decision-failed',
  message: 'The decision could not be made; the log of Reeve says why',
};

const NOT_HTTP: Unanswerable = {
  problem: 'check-not-http',
  message: 'Only HTTP requests can be asked about',
};

const RESERVED: Unanswerable = {
  problem: 'headers-reserved',
  message: `The request has more than ${MAX_RESERVED} headers that begin with ${RESERVED_PREFIX}, which no caller may send`,
};

function questionOf(
  { servicesOf, provedBy }: ExtAuthzPorts,
  { http, source, service: said, destination }: CheckRequest,
  call: GrpcCall | undefined,
): Question | Unanswerable {
  if (!http) return NOT_HTTP;
  if (http.reserved.length > MAX_RESERVED) return RESERVED;
  const service = calleeOf({ proved: call && provedBy?.(call), said, destination }, servicesOf);
  if (typeof service !== 'string') return service;
  // what Envoy calls a principal may be a name of DNS or a subject, which prove nobody here
  const caller = source.startsWith('spiffe://') ? source : undefined;
  const { method, path } = http;
  return {
    caller,
    proof: caller === undefined ? undefined : 'mtls',
    service,
    protocol: 'http',
    method,
    path,
  };
}

function answer(ports: ExtAuthzPorts, decision: Decision, { http }: CheckRequest): Buffer {
  const { allowed, mode, reason, message } = decision;
  const verdict: Verdict = { isAllowed: allowed, mode, reason };
  if (allowed || mode === 'shadow') {
    ports.count(allowed ? 'allowed' : 'shadowed', reason);
    return lettingThrough(verdict, http?.reserved ?? []);
  }
  ports.count('denied', reason);
  return denying(verdict, message, http?.isGrpc ?? false);
}

function admit(
  ports: ExtAuthzPorts,
  question: Question,
  mode: EnforcementMode,
  { http }: CheckRequest,
): Buffer {
  ports.count('allowed', 'declared');
  ports.onAdmitted?.(question);
  return lettingThrough({ isAllowed: true, mode, reason: 'declared' }, http?.reserved ?? []);
}

function refuse({ count }: ExtAuthzPorts, why: Unanswerable, isGrpc: boolean): Buffer {
  count('denied', why.problem);
  const verdict: Verdict = { isAllowed: false, mode: 'enforce', reason: why.problem };
  return denying(verdict, why.message, isGrpc);
}
