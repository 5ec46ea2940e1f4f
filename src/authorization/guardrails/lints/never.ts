import type { Diagnostic } from '../../../base/diagnostic.ts';
import type { Guardrail, Policy } from '../../model/index.ts';
import { compilePolicy, type Entity } from '../evaluator/index.ts';
import { CallContext, EntityCache, HalfWorld, isNever } from '../judge/index.ts';
import { calleesOf } from '../known/index.ts';
import { placeIn } from './place.ts';

/** Looks that are taken altogether; guardrails beyond them are not judged. */
const MAX_LOOKS = 1_000_000;

/** Guardrails that are about no service that there is, or about no endpoint. */
export class Unmatched {
  readonly #callers: readonly HalfWorld[];
  readonly #callees: readonly HalfWorld[];
  #looks = 0;

  constructor(policy: Policy) {
    const entities = new EntityCache();
    const context = new CallContext({});
    this.#callers = policy.services.map(
      (service) => new HalfWorld({ principal: entities.service(service) }),
    );
    const resources = calleesOf(policy).flatMap(({ service, endpoints }): Entity[] => [
      entities.endpoint({ caller: service, callee: service, endpoint: undefined }, context),
      ...endpoints.map(({ endpoint }) => entities.known(endpoint, service)),
    ]);
    this.#callees = resources.map((resource) => new HalfWorld({ resource }));
  }

  of(guardrail: Guardrail): Diagnostic[] {
    if (guardrail.json === undefined || this.#callers.length === 0) return [];
    const policy = compilePolicy(guardrail.json);
    const isAbout = (world: HalfWorld) => ++this.#looks > MAX_LOOKS || !isNever(policy, world);
    const whom = this.#callers.some(isAbout) ? undefined : 'no service that there is, as a caller';
    const what = this.#callees.some(isAbout) ? undefined : 'nothing that there is to call';
    const nobody = whom ?? what;
    if (nobody === undefined) return [];
    return [
      {
        severity: 'warning',
        code: 'guardrail/never-matches',
        message: `This guardrail is about ${nobody}`,
        hint: 'remove it, or look whether its names and words are those of the estate',
        ...placeIn(guardrail),
      },
    ];
  }
}
