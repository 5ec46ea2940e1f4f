import type { EstateView, KnownService, PolicyWord } from '../../tracing/index.ts';

/** What is known of services where nobody has declared any: those that were there while usual was learnt are no
 *  strangers. There is no policy. */
export class OwnEstate implements EstateView {
  readonly #known = new Set<string>();

  /** @param services that were there */
  learnt(services: Iterable<string>): void {
    for (const id of services) this.#known.add(id);
  }

  service(id: string): KnownService | undefined {
    if (!this.#known.has(id)) return undefined;
    return {
      id,
      kind: id.startsWith('external/') ? 'external' : 'workload',
      ...{ owner: null, exposure: 'internal', criticality: null, identity: null },
      sensitivity: [],
      isVouchedFor: true,
    };
  }

  endpoint(): undefined {
    return undefined;
  }

  policy(): PolicyWord {
    return 'unknown';
  }

  changedAt(): number {
    return 0;
  }
}
