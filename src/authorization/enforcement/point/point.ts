import { Fault } from '../../../base/fault.ts';
import { Engine } from '../../engine/index.ts';
import { CedarJudge } from '../../guardrails/index.ts';
import type { Decision, EnforcementMode, Policy, Question } from '../../model/index.ts';
import { RbacDelivery, servicesByIdentity } from '../envoy/index.ts';
import type { ServicesOf } from '../ext-authz/index.ts';
import { PolicySlices } from '../feed/index.ts';

interface InForce {
  readonly engine: Engine;
  readonly servicesOf: ServicesOf;
  /** By the ids of services. */
  readonly modes: ReadonlyMap<string, EnforcementMode>;
}

/** Where one machine decides: the policy in force there, for all that enforce it. The server has all of the policy, and
 *  an agent what the server has told it. */
export class EnforcementPoint {
  /** For services that decide themselves, and for agents. */
  readonly slices = new PolicySlices();
  /** For Envoys that decide themselves. */
  readonly rbac = new RbacDelivery();
  #inForce: InForce | undefined;

  get isReady(): boolean {
    return this.#inForce !== undefined;
  }

  /** Takes another policy, all of it, with what decides by it. */
  put(policy: Policy, engine: Engine): void {
    this.slices.replace(policy);
    this.#enforce(policy, engine);
  }

  /** Takes what the server has sent.
   *  @throws {Fault} as `readSlice`: what was in force stays so */
  take(bytes: Uint8Array): void {
    const policy = this.slices.take(bytes);
    this.#enforce(policy, new Engine(policy, new CedarJudge(policy.guardrails)));
  }

  /** Forgets it: nothing can be decided, and Envoys keep what they have. */
  drop(): void {
    this.slices.drop();
    this.#inForce = undefined;
  }

  /** @throws {Fault} `authorization/policy-unavailable` */
  decide(question: Question): Decision {
    return this.#now().engine.decide(question);
  }

  /** The mode of the callee, where the call is allowed; undefined where it is not. Takes a fraction of the time of
   *  `decide`.
   *  @throws {Fault} `authorization/policy-unavailable` */
  admits(question: Question): EnforcementMode | undefined {
    const { engine, modes } = this.#now();
    return engine.reasonFor(question) === 'declared' ? modes.get(question.service) : undefined;
  }

  /** Which services a SPIFFE ID proves to be.
   *  @throws {Fault} `authorization/policy-unavailable` */
  servicesOf(spiffeId: string): readonly string[] {
    return this.#now().servicesOf(spiffeId);
  }

  #enforce(policy: Policy, engine: Engine): void {
    this.#inForce = {
      engine,
      servicesOf: servicesByIdentity(policy.services),
      modes: new Map(policy.services.map(({ id, mode }) => [id, mode])),
    };
    this.rbac.update({ services: policy.services, rulesOf: (id) => engine.rulesOf(id) });
  }

  #now(): InForce {
    if (this.#inForce) return this.#inForce;
    throw new Fault('authorization/policy-unavailable', 'There is no policy yet', {
      hint: 'ask again: there is one as soon as the estate has been judged once',
    });
  }
}
