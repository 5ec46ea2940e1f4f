import { compareText } from '../../../base/diagnostic.ts';
import { addTo } from '../../../base/group-by.ts';
import type { Grant, PolicyService } from '../../model/index.ts';
import { type OperationPattern, parseOperation } from '../../operations/index.ts';

/** A grant with its operation; undefined: it is none, and covers nothing. */
export interface ReadGrant extends Grant {
  readonly pattern: OperationPattern | undefined;
}

export const readGrant = (grant: Grant): ReadGrant => ({
  ...grant,
  pattern: parseOperation(grant.operation),
});

/** Services that what they prove does not tell apart: most often one. */
export interface Caller {
  /** By id. */
  readonly services: readonly PolicyService[];
  /** SPIFFE IDs that prove to be just these, in their order; at least one. */
  readonly identities: readonly string[];
}

/** Who may have proved to be whom. */
export class Callers {
  readonly #ofService: ReadonlyMap<string, readonly Caller[]>;

  constructor(services: readonly PolicyService[]) {
    const sorted = services.toSorted((a, b) => compareText(a.id, b.id));
    const owners = sorted.flatMap((service) =>
      [...new Set(service.identities)].map((identity) => ({ identity, service })),
    );
    const ofIdentity = Map.groupBy(owners, ({ identity }) => identity);
    const sharing = Map.groupBy(ofIdentity.values(), (own) =>
      own.map(({ service }) => service.id).join('\n'),
    );
    const callers = [...sharing.values()].map(
      (same): Caller => ({
        services: (same[0] ?? []).map(({ service }) => service),
        identities: same.flatMap(([first]) => first?.identity ?? []).sort(compareText),
      }),
    );
    const byService = callers.flatMap((caller) =>
      caller.services.map(({ id }) => [id, caller] as const),
    );
    this.#ofService = new Map(
      [...Map.groupBy(byService, ([id]) => id)].map(([id, own]) => [
        id,
        own.map(([, caller]) => caller),
      ]),
    );
  }

  /** Those who declare the grants of one callee, with what each declares; by their first identities. */
  declaring(grants: readonly ReadGrant[]): (readonly [Caller, readonly ReadGrant[]])[] {
    const declared = new Map<Caller, ReadGrant[]>();
    for (const grant of grants) {
      for (const caller of this.#ofService.get(grant.from) ?? []) addTo(declared, caller, grant);
    }
    return [...declared].sort(([a], [b]) =>
      compareText(a.identities[0] ?? '', b.identities[0] ?? ''),
    );
  }
}
