import { createHash } from 'node:crypto';
import type { Log } from '../../base/log.ts';
import { type EstateStore, factId, type PolicySources, type Source } from '../../estate/index.ts';
import type { LiveClusters } from '../clusters.ts';
import type { Beside } from './known-state.ts';

export interface BesideParts {
  readonly store: Pick<EstateStore, 'facts'>;
  readonly sources: () => Promise<PolicySources>;
  readonly clusters: Pick<LiveClusters, 'know'>;
  readonly log: Log;
}

/** What is configured a cluster knows better itself, and what was observed decides nothing. */
const TOLD: ReadonlySet<Source['how']> = new Set(['declared', 'implemented']);

/** Tells those who judge objects what is known beside them: what files say of services, and guardrails. */
export class BesideTeller {
  readonly #parts: BesideParts;
  #told = '';

  constructor(parts: BesideParts) {
    this.#parts = parts;
  }

  /** Never rejects: what cannot be told now is told with the next judgement of the estate. */
  async tell(): Promise<void> {
    const { store, sources, clusters, log } = this.#parts;
    try {
      const beside: Beside = { facts: await this.#facts(store), sources: await sources() };
      const mark = createHash('sha256')
        .update(JSON.stringify([beside.facts.map(factId).sort(), beside.sources]))
        .digest('hex');
      if (mark === this.#told) return;
      clusters.know(() => beside);
      this.#told = mark;
    } catch (thrown) {
      log.warn({ err: thrown }, 'what judges admissions was not told of the estate');
    }
  }

  async #facts(store: Pick<EstateStore, 'facts'>): Promise<Beside['facts']> {
    const stored = await store.facts();
    return stored.flatMap(({ fact }) => (TOLD.has(fact.source.how) ? [fact] : []));
  }
}
