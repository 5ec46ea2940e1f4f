import { addTo } from '../../../base/group-by.ts';
import type { PolicyService } from '../../model/index.ts';
import { type Entity, uidOf } from '../evaluator/index.ts';
import { parentsOfService } from '../schema/index.ts';
import type { CompiledGuardrail } from './compiled.ts';

/** Finds the guardrails whose scope a call may be in. Each is kept by the one entity that its scope names, of the caller
 *  first, or among those that name none. What is found of a service is kept as long as the service. */
export class Candidates {
  readonly #byPrincipal = new Map<string, CompiledGuardrail[]>();
  readonly #byResource = new Map<string, CompiledGuardrail[]>();
  readonly #others: CompiledGuardrail[] = [];
  readonly #ofCallers = new WeakMap<PolicyService, readonly CompiledGuardrail[]>();
  readonly #ofCallees = new WeakMap<PolicyService, readonly CompiledGuardrail[]>();

  constructor(guardrails: readonly CompiledGuardrail[]) {
    for (const guardrail of guardrails) {
      const caller = guardrail.policy?.principal.anchor;
      const callee = guardrail.policy?.resource.anchor;
      if (caller !== undefined) addTo(this.#byPrincipal, caller, guardrail);
      else if (callee !== undefined) addTo(this.#byResource, callee, guardrail);
      else this.#others.push(guardrail);
    }
  }

  /** Those about everybody, and those about this caller; without those that say nothing of it, whatever it calls. */
  ofCaller(
    service: PolicyService,
    entity: Entity,
    isNeverAbout: (guardrail: CompiledGuardrail) => boolean,
  ): readonly CompiledGuardrail[] {
    let found = this.#ofCallers.get(service);
    if (found === undefined) {
      const all = [...this.#others, ...anchoredIn(this.#byPrincipal, service, entity)];
      found = all.filter((guardrail) => !isNeverAbout(guardrail));
      this.#ofCallers.set(service, found);
    }
    return found;
  }

  /** Of the others: those about this callee, or all that is in its team, namespace … */
  ofCallee(service: PolicyService, entity: Entity): readonly CompiledGuardrail[] {
    if (this.#byResource.size === 0) return NONE;
    let found = this.#ofCallees.get(service);
    if (found === undefined) {
      found = anchoredIn(this.#byResource, service, entity);
      this.#ofCallees.set(service, found);
    }
    return found;
  }

  ofEndpoint({ uid }: Entity): readonly CompiledGuardrail[] {
    return this.#byResource.get(uid) ?? NONE;
  }
}

const NONE: readonly CompiledGuardrail[] = [];

function anchoredIn(
  index: ReadonlyMap<string, readonly CompiledGuardrail[]>,
  service: PolicyService,
  { uid }: Entity,
): readonly CompiledGuardrail[] {
  const anchors = parentsOfService(service).map(({ type, id }) => uidOf(type, id));
  return [...new Set([uid, ...anchors])].flatMap((anchor) => index.get(anchor) ?? []);
}
