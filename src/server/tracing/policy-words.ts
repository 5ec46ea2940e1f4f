import { Engine } from '../../authorization/engine/index.ts';
import { CedarJudge } from '../../authorization/guardrails/index.ts';
import type { Policy, Reason } from '../../authorization/model/index.ts';
import { sampleRequest } from '../../authorization/operations/index.ts';
import { addTo } from '../../base/group-by.ts';
import type { PolicyWord, TracedOperation } from '../../tracing/index.ts';

/** What the reasons of decisions come to. */
const WORDS: Readonly<Record<Reason, PolicyWord | 'not-granted'>> = {
  declared: 'declared',
  'call-undeclared': 'not-granted',
  'operation-undeclared': 'not-granted',
  'endpoint-blocked': 'forbidden',
  'guardrail-forbids': 'forbidden',
  'guardrail-failed': 'forbidden',
  'operation-malformed': 'unknown',
  'caller-unproved': 'unknown',
  'caller-unknown': 'unknown',
  'service-unknown': 'unknown',
};

/** What the policy in force says of calls between services, by the engine that decides about them. A service is asked
 *  about as itself: what others may do that share its identity is not declared by it. */
export class PolicyWords {
  readonly #declaresCalls: (service: string) => boolean;
  #engine: Engine | undefined;
  /** `FROM TO` of all that is granted. */
  #granted: ReadonlySet<string> = new Set();
  #byIdentity: ReadonlyMap<string, readonly string[]> = new Map();

  /** @param declaresCalls whether a service says whom it calls */
  constructor(declaresCalls: (service: string) => boolean) {
    this.#declaresCalls = declaresCalls;
  }

  put(policy: Policy): void {
    const byIdentity = new Map<string, string[]>();
    for (const { id, identities } of policy.services) {
      for (const identity of new Set(identities)) addTo(byIdentity, identity, id);
    }
    this.#byIdentity = byIdentity;
    this.#granted = new Set(policy.grants.map(({ from, to }) => `${from} ${to}`));
    const services = policy.services.map((service) => ({ ...service, identities: [service.id] }));
    this.#engine = new Engine({ ...policy, services }, new CedarJudge(policy.guardrails));
  }

  word(caller: string, callee: string, operation: TracedOperation | undefined): PolicyWord {
    const about = {
      ...{ engine: this.#engine, principal: caller },
      isGranted: () => this.#granted.has(`${caller} ${callee}`),
      declaresCalls: this.#declaresCalls(caller),
    };
    return policyWord(about, callee, operation);
  }

  /** Services that an identity proves to be. */
  servicesOf(identity: string): readonly string[] {
    return this.#byIdentity.get(identity) ?? [];
  }
}

/** Who calls, as policy knows him. */
export interface PolicyCaller {
  /** Undefined where there is no policy. */
  readonly engine: Pick<Engine, 'reasonFor'> | undefined;
  /** The identity that the engine knows him by; undefined: he has none. */
  readonly principal: string | undefined;
  /** Whether he is granted any operation of the callee. */
  readonly isGranted: () => boolean;
  /** Whether he says whom he calls. */
  readonly declaresCalls: boolean;
}

/** The word of policy for a call. */
export function policyWord(
  caller: PolicyCaller,
  callee: string,
  operation: TracedOperation | undefined,
): PolicyWord {
  const word = said(caller, callee, operation);
  if (word !== 'not-granted') return word;
  return caller.declaresCalls ? 'undeclared' : 'unknown';
}

function said(
  { engine, principal, isGranted }: PolicyCaller,
  callee: string,
  operation: TracedOperation | undefined,
): PolicyWord | 'not-granted' {
  if (operation === undefined) return isGranted() ? 'declared' : 'not-granted';
  const asked = { caller: principal, proof: 'mtls', service: callee } as const;
  const reason = engine?.reasonFor({ ...asked, ...sampleRequest(operation) });
  return reason === undefined ? 'unknown' : WORDS[reason];
}
