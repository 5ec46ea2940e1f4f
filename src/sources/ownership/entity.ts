import type { DataPath } from '../../base/data.ts';
import { isFields, listAt, pick, textAt } from '../../base/pick.ts';
import { nameOfEntityRef } from './owner-name.ts';

/** A component of a Backstage catalogue. */
export interface CatalogComponent {
  readonly kind: 'Component';
  readonly name: string;
  /** What it is deployed as, where the catalogue says so. */
  readonly service: { readonly name: string; readonly namespace?: string };
  readonly owner: string | undefined;
  /** It runs: a service or website, rather than a library or documentation. */
  readonly runs: boolean;
  /** Names of API entities. */
  readonly provides: readonly string[];
  /** Where its code lies, relative to the catalogue file, where that is said (`dir:./orders`). */
  readonly sourceFolder: string | undefined;
}

/** An API of a Backstage catalogue. */
export interface CatalogApi {
  readonly kind: 'API';
  readonly name: string;
  /** The file that holds its specification, relative to the catalogue file. */
  readonly specification: { readonly path: string; readonly at: DataPath } | undefined;
}

/** Types of components that do not run by themselves. Types are free text, so everything else may. */
const PASSIVE_TYPES = new Set(['library', 'documentation', 'template', 'package', 'module']);

/** Reads one entity; undefined for other kinds, other data, and templates of entities.
 *  @see https://backstage.io/docs/features/software-catalog/descriptor-format */
export function readEntity(value: unknown): CatalogComponent | CatalogApi | undefined {
  if (!isFields(value)) return undefined;
  if (!textAt(value, 'apiVersion')?.startsWith('backstage.io/')) return undefined;
  const name = textAt(value, 'metadata', 'name');
  if (!name || name.includes('{{')) return undefined;
  if (value.kind === 'Component') return readComponent(name, value);
  if (value.kind === 'API') {
    return { kind: 'API', name, specification: specificationOf(value) };
  }
  return undefined;
}

function readComponent(name: string, value: unknown): CatalogComponent {
  const annotation = (key: string) =>
    textAt(value, 'metadata', 'annotations', `backstage.io/${key}`);
  const namespace = annotation('kubernetes-namespace');
  const owner = textAt(value, 'spec', 'owner');
  const location = annotation('source-location');
  return {
    kind: 'Component',
    name,
    service: { name: annotation('kubernetes-id') ?? name, ...(namespace && { namespace }) },
    owner: owner === undefined ? undefined : nameOfEntityRef(owner),
    runs: !PASSIVE_TYPES.has(textAt(value, 'spec', 'type')?.toLowerCase() ?? ''),
    provides: listAt(value, 'spec', 'providesApis').flatMap((ref) => {
      const text = textAt(ref);
      const api = text === undefined ? undefined : nameOfEntityRef(text);
      return api === undefined ? [] : [api];
    }),
    sourceFolder: location?.startsWith('dir:') ? location.slice('dir:'.length) : undefined,
  };
}

/** A definition in the file itself is no specification that a reader would find: only references. */
function specificationOf(value: unknown): CatalogApi['specification'] {
  for (const key of ['$text', '$openapi', '$asyncapi', '$json', '$yaml']) {
    const path = pick(value, 'spec', 'definition', key);
    if (typeof path === 'string' && !path.includes('://')) {
      return { path, at: ['spec', 'definition', key] };
    }
  }
  return undefined;
}
