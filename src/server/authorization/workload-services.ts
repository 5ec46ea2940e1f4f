import {
  type CheckOutcome,
  type CheckReason,
  check,
  EXT_AUTHZ,
  type ExtAuthzPorts,
} from '../../authorization/enforcement/ext-authz/index.ts';
import { policyFeed } from '../../authorization/enforcement/feed/index.ts';
import type { EnforcementPoint } from '../../authorization/enforcement/point/index.ts';
import type { Decision, Question } from '../../authorization/model/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { GrpcCall, GrpcService } from '../../base/grpc/index.ts';
import type { Log } from '../../base/log.ts';
import { forCallingWorkload, type IdentitySupply } from '../../identity/host/index.ts';
import type { WorkloadApiPorts } from '../../identity/workload-api/index.ts';
import { AskingEnvoys } from './asking-envoys.ts';
import { notYet } from './authorization.ts';

/** What decides on a machine, and who hears of it. */
export interface EnforcementParts {
  readonly point: EnforcementPoint;
  readonly clock: Clock;
  readonly log: Log;
  readonly count?: (outcome: CheckOutcome, reason: CheckReason) => void;
  readonly onDecision?: (question: Question, decision: Decision) => void;
  /** Hears of calls that are allowed, whose decisions are not made in full. */
  readonly onAdmitted?: (question: Question) => void;
}

/** How long a workload waits for its first policy, before it is sent away to ask again. */
const WAIT_MS = 10_000;

/** What workloads and Envoys of a machine ask of authorisation on the socket of their identities: the policy of their own
 *  services as it changes, and decisions. */
export function enforcementServices(
  ports: WorkloadApiPorts,
  supply: IdentitySupply,
  parts: EnforcementParts,
): GrpcService[] {
  const { point, clock } = parts;
  const envoys = new AskingEnvoys(ports, supply, clock);
  const provedBy = new WeakMap<GrpcCall, readonly string[]>();
  const checks = checkPorts(parts, (call) => provedBy.get(call) ?? []);
  return [
    policyFeed({
      forCaller: (call, work) => forCallingWorkload(ports, supply, call, work),
      slices: point.slices,
      waitMs: WAIT_MS,
    }),
    {
      name: EXT_AUTHZ,
      methods: {
        Check: {
          kind: 'unary',
          handle: async (message, call) => {
            provedBy.set(call, await envoys.identitiesOf(call));
            if (!point.isReady) throw notYet();
            return check(checks, message, call);
          },
        },
      },
    },
  ];
}

/** What answers an Envoy that asks.
 *  @param provedBy the SPIFFE IDs of the Envoy, where its connection proves them */
export function checkPorts(
  { point, log, count = () => {}, onDecision, onAdmitted }: Omit<EnforcementParts, 'clock'>,
  provedBy?: (call: GrpcCall) => readonly string[],
): ExtAuthzPorts {
  return {
    admits: (question) => point.admits(question),
    decide: (question) => point.decide(question),
    servicesOf: (spiffeId) => point.servicesOf(spiffeId),
    ...(provedBy && { provedBy }),
    count,
    ...(onDecision && { onDecision }),
    ...(onAdmitted && { onAdmitted }),
    onDefect: (thrown) => log.error({ err: thrown }, 'a call could not be decided'),
  };
}
