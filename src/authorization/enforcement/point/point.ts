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
  /** Ids of the services that calls can be decided of; undefined: all. */
  readonly callees: ReadonlySet<string> | undefined;
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
    this.#enforce(policy, engine, undefined);
  }

  /** Takes what the server has sent.
   *  @throws {Fault} as `readSlice`: what was in force stays so */
  take(bytes: Uint8Array): void {
    const { policy, callees } = this.slices.take(bytes);
    this.#enforce(policy, new Engine(policy, new CedarJudge(policy.guardrails)), callees);
  }

  /** Forgets it: nothing can be decided, and Envoys keep what they have. */
  drop(): void {
    this.slices.drop();
    this.#inForce = undefined;
  }

  /** @throws {Fault} `authorization/policy-unavailable`, also of a service that nothing was sent of but its name: what
   *  it lets in is not known here, nor whether it only logs */
  decide(question: Question): Decision {
    const { engine, modes, callees } = this.#now();
    if (callees?.has(question.service) === false && modes.has(question.service)) throw notYet();
    return engine.decide(question);
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

  #enforce(policy: Policy, engine: Engine, callees: InForce['callees']): void {
    this.#inForce = {
      engine,
      callees,
      servicesOf: servicesByIdentity(policy.services),
      modes: new Map(policy.services.map(({ id, mode }) => [id, mode])),
    };
    const { services } = policy;
    this.rbac.update({ services, callees, rulesOf: (id) => engine.rulesOf(id) });
  }

  #now(): InForce {
    if (this.#inForce) return this.#inForce;
    throw notYet();
  }
}

const notYet = (): Fault =>
  new Fault('authorization/policy-unavailable', 'There is no policy yet', {
    hint: 'ask again: there is one as soon as the estate has been judged once',
  });
