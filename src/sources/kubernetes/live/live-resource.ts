import type { Fields } from '../../../base/pick.ts';
import type { Source } from '../../../estate/index.ts';
import { toResource } from '../manifest.ts';
import type { Resource } from '../resource.ts';

const NOWHERE = {
  file: '',
  at: () => ({ line: 1, column: 1 }),
  valueAt: () => ({ line: 1, column: 1 }),
};

/** An object of a running cluster, as readers take those of manifests. It stands in no file: findings name
 *  the cluster and the object where they would name file and line. */
export function toLiveResource(cluster: string, value: Fields): Resource | undefined {
  const resource = toResource(value, NOWHERE);
  if (!resource) return undefined;
  const { kind, namespace, name } = resource;
  const file = livePlaceOf(
    cluster,
    `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
  );
  const sourceAt = (reader: string): Source => ({ reader, how: 'configured', file });
  return { ...resource, sourceAt, valueSourceAt: sourceAt };
}

/** `cluster eu-1: Deployment shop/orders` */
export function livePlaceOf(cluster: string, title: string): string {
  return `cluster ${cluster}: ${title}`;
}
