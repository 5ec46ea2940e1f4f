import type { Clock } from '../../base/clock.ts';
import type { Entitled } from '../workload-api/index.ts';
import { Catalogue, type CatalogueParts } from './catalogue.ts';
import { type EnvoyNode, takesSpiffeValidator } from './node.ts';

/** Gives the secrets of who is entitled to something, as its Envoy takes them. */
export type CatalogueMaker = (entitled: Entitled, node: EnvoyNode) => Catalogue;

/** Makes catalogues, one for all streams that are told the same at one time. */
export function sharedCatalogues(parts: CatalogueParts, clock: Clock): CatalogueMaker {
  const spiffe = new WeakMap<Entitled, Catalogue>();
  const plain = new WeakMap<Entitled, Catalogue>();
  return (entitled, node) => {
    const isSpiffe = takesSpiffeValidator(node);
    const made = isSpiffe ? spiffe : plain;
    const known = made.get(entitled);
    if (known && clock() < known.until) return known;
    const catalogue = new Catalogue(entitled, isSpiffe, parts);
    made.set(entitled, catalogue);
    return catalogue;
  };
}
