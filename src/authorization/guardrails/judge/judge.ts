import type {
  DependingVerdict,
  GuardContext,
  GuardedCall,
  Guardrail,
  GuardrailJudge,
  GuardVerdict,
  PolicyService,
} from '../../model/index.ts';
import { type Entity, EvaluationError, UNKNOWN, type World } from '../evaluator/index.ts';
import { Candidates } from './candidates.ts';
import { type CompiledGuardrail, compileGuardrails } from './compiled.ts';
import { CallContext } from './context.ts';
import { EntityCache } from './entities.ts';
import { isNever } from './never.ts';
import { Tally } from './tally.ts';
import { CallWorld, HalfWorld } from './worlds.ts';

/** Judges by Cedar's rules, without Cedar, with one exception: Cedar passes over a policy in which an error comes up, and
 *  here it denies. There are the entities of the call, and no others.
 *  @see https://docs.cedarpolicy.com/auth/authorization.html */
export class CedarJudge implements GuardrailJudge {
  readonly #candidates: Candidates;
  readonly #entities = new EntityCache();

  constructor(guardrails: readonly Guardrail[]) {
    this.#candidates = new Candidates(compileGuardrails(guardrails));
  }

  standing(call: GuardedCall, given: Partial<GuardContext> = {}): GuardVerdict | DependingVerdict {
    return this.#tally(call, given).standing();
  }

  judge(call: GuardedCall, context: GuardContext): GuardVerdict {
    return this.#tally(call, context).verdict();
  }

  /** Most guardrails begin with who is calling, which is looked at once. */
  #ofCaller(caller: PolicyService, principal: Entity): readonly CompiledGuardrail[] {
    return this.#candidates.ofCaller(caller, principal, (guardrail) =>
      isNever(guardrail.policy, new HalfWorld({ principal })),
    );
  }

  #tally(call: GuardedCall, given: Partial<GuardContext>): Tally {
    const context = new CallContext(given);
    const principal = this.#entities.service(call.caller);
    const callee = this.#entities.service(call.callee);
    const resource = this.#entities.endpoint(call, context);
    const world = new CallWorld(principal, callee, resource, context);
    const tally = new Tally();
    evaluate(this.#ofCaller(call.caller, principal), world, tally);
    evaluate(this.#candidates.ofCallee(call.callee, callee), world, tally);
    evaluate(this.#candidates.ofEndpoint(resource), world, tally);
    return tally;
  }
}

function evaluate(guardrails: readonly CompiledGuardrail[], world: World, tally: Tally): void {
  for (const guardrail of guardrails) {
    if (guardrail.policy === undefined) {
      tally.fail(guardrail, guardrail.problem);
      continue;
    }
    try {
      const isSatisfied = guardrail.policy.isSatisfied(world);
      if (isSatisfied === UNKNOWN) tally.depend(guardrail);
      else if (isSatisfied) tally.forbid(guardrail);
    } catch (thrown) {
      if (!(thrown instanceof EvaluationError)) throw thrown;
      tally.fail(guardrail, thrown.message);
    }
  }
}
