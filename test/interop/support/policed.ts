import { once } from 'node:events';
import {
  RbacDelivery,
  servicesByIdentity,
} from '../../../src/authorization/enforcement/envoy/index.ts';
import {
  EXT_AUTHZ_LIMITS,
  extAuthz,
} from '../../../src/authorization/enforcement/ext-authz/index.ts';
import { Engine } from '../../../src/authorization/engine/index.ts';
import type {
  Decision,
  EnforcementMode,
  GuardrailJudge,
  Policy,
  PolicyService,
  Question,
} from '../../../src/authorization/model/index.ts';
import {
  NO_GUARDRAILS,
  sampleEndpoint,
  sampleGrant,
  sampleService,
} from '../../../src/authorization/testing/samples.ts';
import { createGrpcServer, type GrpcServer } from '../../../src/base/grpc/index.ts';
import { freePort } from '../../../src/base/testing/free-port.ts';

/** What decides on this machine, as a server has it: external authorisation on a port, and rules for Envoys. */
export class PolicyServer {
  readonly delivery = new RbacDelivery();
  /** `allowed declared` … */
  readonly counted: string[] = [];
  readonly decided: { readonly question: Question; readonly decision: Decision }[] = [];
  readonly defects: unknown[] = [];
  engine: Engine | undefined;
  #servicesOf = servicesByIdentity([]);
  #grpc: GrpcServer | undefined;
  #port: number | undefined;

  get port(): number {
    if (this.#port === undefined) throw new Error('it was not started');
    return this.#port;
  }

  /** Where it was, if it was. */
  async start(): Promise<void> {
    const service = extAuthz({
      decide: (question) => this.decide(question),
      servicesOf: (id) => this.#servicesOf(id),
      count: (outcome, reason) => this.counted.push(`${outcome} ${reason}`),
      onDecision: (question, decision) => this.decided.push({ question, decision }),
      onDefect: (thrown) => this.defects.push(thrown),
    });
    this.#grpc = createGrpcServer({ services: [service], limits: EXT_AUTHZ_LIMITS });
    const { server } = this.#grpc;
    this.#port ??= await freePort();
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
  }

  decide(question: Question): Decision {
    if (!this.engine) throw new Error('there is no policy');
    return this.engine.decide(question);
  }

  /** Decides by this policy from now on, and tells the Envoys. */
  set(policy: Policy, judge: GuardrailJudge = NO_GUARDRAILS): void {
    const engine = new Engine(policy, judge);
    this.engine = engine;
    this.#servicesOf = servicesByIdentity(policy.services);
    this.delivery.update({ services: policy.services, rulesOf: (id) => engine.rulesOf(id) });
  }

  async stop(): Promise<void> {
    await this.#grpc?.close(0);
    this.#grpc = undefined;
  }
}

/** A service of the shop, whose identity is by its name. */
export const shopService = (name: string, mode: EnforcementMode = 'enforce'): PolicyService =>
  sampleService(`production/shop/${name}`, { mode });

/** What is called, by whom: `web payments GET /v1/charges`. */
export function shopPolicy(
  grants: readonly string[],
  endpoints: readonly string[] = [],
  modes: Readonly<Record<string, EnforcementMode>> = {},
): Policy {
  const names = ['web', 'orders', 'payments', 'reviews'];
  return {
    services: names.map((name) => shopService(name, modes[name])),
    grants: grants.map((grant, at) => {
      const [from, to, ...operation] = grant.split(' ');
      const [caller, callee] = [`production/shop/${from}`, `production/shop/${to}`];
      return sampleGrant(caller, callee, operation.join(' '), at + 1);
    }),
    endpoints: endpoints.map((text) => {
      const [service, method, template, blocked] = text.split(' ');
      const id = `production/shop/${service}`;
      return sampleEndpoint(id, `${method} ${template}`, { blocked: blocked === 'blocked' });
    }),
    guardrails: [],
  };
}
