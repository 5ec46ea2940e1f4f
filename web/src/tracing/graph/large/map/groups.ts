import { partsOf } from '../../../../names.ts';
import { OUTSIDE } from '../../../model.ts';

/** Services that are drawn together: a namespace of an environment, or all that is outside of the estate. */
export interface Group {
  readonly key: string;
  /** What it is called on the map. */
  readonly name: string;
  /** Places of its services among all; never empty. */
  readonly members: readonly number[];
}

/** The key of all that is outside of the estate. */
export const OUTSIDE_KEY = '*';
const HOST = 'external/';

/** Groups of services, by their names; services in the order in which they come.
 *  @param ids of services, `external/HOST` and `*` */
export function groupsOf(ids: readonly string[]): Group[] {
  const members = Map.groupBy(ids.keys(), (place) => keyOf(ids[place] ?? ''));
  return [...members]
    .map(([key, list]) => ({ key, name: nameOf(key), members: list }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function keyOf(id: string): string {
  if (id === OUTSIDE || id.startsWith(HOST)) return OUTSIDE_KEY;
  const { environment, namespace } = partsOf(id);
  return `${environment}/${namespace}`;
}

function nameOf(key: string): string {
  if (key === OUTSIDE_KEY) return 'outside';
  const { environment, namespace } = partsOf(key);
  return namespace || environment;
}
