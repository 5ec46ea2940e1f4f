import type { Entitled } from '../workload-api/index.ts';
import { Catalogue, type CatalogueParts } from './catalogue.ts';
import { type EnvoyNode, takesSpiffeValidator } from './node.ts';

/** Gives the secrets of who is entitled to something, as its Envoy takes them. */
export type CatalogueMaker = (entitled: Entitled, node: EnvoyNode) => Catalogue;

/** Makes catalogues, one for all streams that are told the same. */
export function sharedCatalogues(parts: CatalogueParts): CatalogueMaker {
  const spiffe = new WeakMap<Entitled, Catalogue>();
  const plain = new WeakMap<Entitled, Catalogue>();
  return (entitled, node) => {
    const isSpiffe = takesSpiffeValidator(node);
    const made = isSpiffe ? spiffe : plain;
    const catalogue = made.get(entitled) ?? new Catalogue(entitled, isSpiffe, parts);
    made.set(entitled, catalogue);
    return catalogue;
  };
}
