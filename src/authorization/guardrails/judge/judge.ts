import type {
  DependingVerdict,
  GuardContext,
  GuardedCall,
  Guardrail,
  GuardrailJudge,
  GuardVerdict,
  PolicyService,
} from '../../model/index.ts';
import {
  BARE,
  Entity,
  EvaluationError,
  UNKNOWN,
  type Unknown,
  type World,
} from '../evaluator/index.ts';
import { CALL, ENTITY_TYPES } from '../names.ts';
import { Candidates } from './candidates.ts';
import { type CompiledGuardrail, compileGuardrails } from './compiled.ts';
import { CallContext } from './context.ts';
import { EntityCache } from './entities.ts';
import { Tally } from './tally.ts';

const ACTION = new Entity(ENTITY_TYPES.action, CALL, BARE);

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
      isNeverAbout(guardrail, new CallerWorld(principal)),
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

/** Whether it says nothing of a caller, whatever is called and however. */
function isNeverAbout({ policy }: CompiledGuardrail, world: World): boolean {
  try {
    return policy?.isSatisfied(world) === false;
  } catch (thrown) {
    if (thrown instanceof EvaluationError) return false;
    throw thrown;
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

const NOTHING_GIVEN = new CallContext({});

/** What is known of all calls of one caller. */
class CallerWorld implements World {
  readonly principal: Entity;
  readonly action = ACTION;
  readonly resource: Unknown = UNKNOWN;
  readonly context = NOTHING_GIVEN;

  constructor(principal: Entity) {
    this.principal = principal;
  }

  /** Another may be what is called, which is not known: then nothing is said of all calls. */
  find(uid: string): Entity {
    if (uid === this.principal.uid) return this.principal;
    throw new EvaluationError('it depends on what is called');
  }
}

class CallWorld implements World {
  readonly principal: Entity;
  readonly action = ACTION;
  readonly resource: Entity;
  readonly context: CallContext;
  readonly #callee: Entity;

  constructor(principal: Entity, callee: Entity, resource: Entity, context: CallContext) {
    this.principal = principal;
    this.#callee = callee;
    this.resource = resource;
    this.context = context;
  }

  find(uid: string): Entity | undefined {
    if (uid === this.principal.uid) return this.principal;
    if (uid === this.resource.uid) return this.resource;
    return uid === this.#callee.uid ? this.#callee : undefined;
  }
}
