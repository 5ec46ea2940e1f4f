import { CRITICALITIES } from '../../../estate/index.ts';
import type { PolicyService } from '../../model/index.ts';
import {
  type Comparison,
  gains,
  type Offence,
  ofCallee,
  type Rule,
  type Side,
} from '../comparison.ts';
import { pairKey } from '../declared.ts';
import type { DeclaredChange } from '../model.ts';
import { someOf } from '../words.ts';

export const SENSITIVE_PATH: Rule = {
  id: 'check/sensitive-path',
  severity: 'high',
  title: 'No new path leads to sensitive data from the internet, or from what is less critical',
  remedy: 'call a service that answers without the data, or agree on the path with its owner',
  onlyOfChanges: true,
  judge: newPaths,
};

/** A service, and the tags of its data that a call touches. */
interface Holder {
  readonly service: PolicyService;
  readonly tags: readonly string[];
}

/** For each change that opens something, and each holder of sensitive data behind it: those who had no path there. */
function newPaths(comparison: Comparison): Offence[] {
  const { base, head, options } = comparison;
  const services = new Map(head.state.policy.services.map((service) => [service.id, service]));
  const [was, is] = [new Holders(base, options.sensitive), new Holders(head, options.sensitive)];
  const told = new Set<string>();
  return gains(comparison, 'declared').flatMap((change) =>
    [...is.behind(change)].flatMap((holder) => {
      const candidates = [change.caller.id, ...head.graph.reaching(change.caller.id)];
      const sources = candidates
        .flatMap((id) => services.get(id) ?? [])
        .filter((service) => service.id !== holder.service.id)
        .filter((service) => isLess(service, holder.service, service.id === change.caller.id))
        .filter(({ id }) => !was.isReachedFrom(id, holder.service.id))
        .filter(({ id }) => isNew(told, `${id} ${holder.service.id}`));
      return sources.length === 0 ? [] : [toOffence(sources, holder, change, comparison)];
    }),
  );
}

/** Anyone may have taken over what is on the internet; and whoever declares the call answers for what is less
 *  protected than the data. */
function isLess(service: PolicyService, holder: PolicyService, isCaller: boolean): boolean {
  if (service.exposure === 'internet') return true;
  return isCaller && rank(service) > rank(holder);
}

function rank({ criticality }: PolicyService): number {
  return criticality === undefined ? CRITICALITIES.length : CRITICALITIES.indexOf(criticality);
}

function isNew(told: Set<string>, key: string): boolean {
  if (told.has(key)) return false;
  told.add(key);
  return true;
}

function toOffence(
  sources: readonly PolicyService[],
  { service, tags }: Holder,
  change: DeclaredChange,
  { words, head }: Comparison,
): Offence {
  const exposed = sources.filter(({ exposure }) => exposure === 'internet');
  const first = exposed[0] ?? sources[0] ?? change.caller;
  const [from, to] = [words.nameOf(first.id), words.nameOf(service.id)];
  const path = [
    ...(head.graph.path(first.id, change.caller.id) ?? [first.id]),
    ...(head.graph.path(change.callee.id, service.id) ?? [service.id]),
  ].map((id) => words.nameOf(id));
  const others = sources.filter((one) => one !== first).map(({ id }) => words.nameOf(id));
  const what = exposed.length > 0 ? 'which is on the internet' : `less critical than ${to}`;
  const also = others.length > 0 ? `; and from ${someOf(others)}` : '';
  return {
    severity: exposed.length > 0 ? 'critical' : path.length > 2 ? 'medium' : 'high',
    subject: words.nameOf(change.caller.id),
    message: `a new path leads from ${from}, ${what}, to ${tags.join(', ')} data of ${to}: ${path.join(' → ')}${also}`,
    newlyReaches: ofCallee(change.gained, change.to),
    place: change.place,
  };
}

/** Who can get at which data. */
class Holders {
  readonly #side: Side;
  readonly #sensitive: ReadonlySet<string>;
  /** Tags by service that endpoints of it have of their own. */
  readonly #onEndpoints = new Map<string, Set<string>>();
  readonly #reached = new Map<string, Set<string>>();

  constructor(side: Side, sensitive: readonly string[]) {
    this.#side = side;
    this.#sensitive = new Set(sensitive);
    for (const { service, sensitivity } of side.state.policy.endpoints) {
      const tags = sensitivity.filter((tag) => this.#sensitive.has(tag));
      if (tags.length === 0) continue;
      const known = this.#onEndpoints.get(service) ?? new Set();
      for (const tag of tags) known.add(tag);
      this.#onEndpoints.set(service, known);
    }
  }

  /** Those whose data a change leads to: its callee by the operations that it opens, and all that the callee reaches. */
  *behind(change: DeclaredChange): Iterable<Holder> {
    const direct = this.#touched(
      change.callee,
      change.opened.map(({ endpoint }) => endpoint?.sensitivity ?? []),
    );
    if (direct.length > 0) yield { service: change.callee, tags: direct };
    for (const [service, tags] of this.#held(change.callee.id)) yield { service, tags };
  }

  isReachedFrom(service: string, holder: string): boolean {
    let reached = this.#reached.get(service);
    if (!reached) {
      reached = new Set([...this.#held(service)].map(([{ id }]) => id));
      this.#reached.set(service, reached);
    }
    return reached.has(holder);
  }

  /** All whose data a service gets at, itself and through others. */
  *#held(service: string): Iterable<[PolicyService, string[]]> {
    const { graph, reach } = this.#side;
    for (const from of [service, ...graph.reachedFrom(service)]) {
      for (const to of graph.callees(from)) {
        const pair = reach.get(pairKey(from, to));
        if (!pair || to === service) continue;
        const tags = this.#touched(
          pair.callee,
          [...pair.operations.values()].map(
            ({ operation }) => operation.endpoint?.sensitivity ?? [],
          ),
        );
        if (tags.length > 0) yield [pair.callee, tags];
      }
    }
  }

  /** The tags that operations touch: their own; and those that only the whole service has. */
  #touched(
    { id, sensitivity }: PolicyService,
    operations: readonly (readonly string[])[],
  ): string[] {
    if (operations.length === 0) return [];
    const own = operations.flat().filter((tag) => this.#sensitive.has(tag));
    const onEndpoints = this.#onEndpoints.get(id);
    const whole = sensitivity.filter((tag) => this.#sensitive.has(tag) && !onEndpoints?.has(tag));
    return [...new Set([...own, ...whole])].sort();
  }
}
