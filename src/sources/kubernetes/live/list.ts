import { listAt, pick, textAt } from '../../../base/pick.ts';
import type { ClusterApi } from './api.ts';
import { ApiFault } from './api-fault.ts';
import type { ApiResource } from './discovery.ts';

/** What is followed: all objects of a kind, or those of a namespace or a node. */
export interface Collection {
  readonly resource: ApiResource;
  readonly namespace?: string | undefined;
  /** `spec.nodeName=node-1` */
  readonly fieldSelector?: string | undefined;
}

export interface ListLimits {
  /** Largest page, as sent. */
  readonly maxPageBytes: number;
  /** Of one list, whatever is kept of it. */
  readonly maxListed: number;
}

const PAGE_SIZE = 500;
const PAGE_TIMEOUT_MS = 60_000;
const MAX_TOKEN_LENGTH = 16_384;
const MAX_VERSION_LENGTH = 128;

/** Reads a whole collection, a page at a time; gives the version that it is the truth of. Where a page is
 *  too large, smaller ones are asked for.
 *  @throws {ApiFault}
 *  @see Kubernetes, "API Concepts: retrieving large results sets in chunks" */
export async function list(
  api: ClusterApi,
  collection: Collection,
  limits: ListLimits,
  onItem: (item: unknown) => void,
  signal?: AbortSignal,
): Promise<string> {
  let pageSize = PAGE_SIZE;
  let next = '';
  let version = '';
  let listed = 0;
  let pages = 0;
  do {
    const path = pathOf(collection, {
      limit: String(pageSize),
      ...(next !== '' && { continue: next }),
    });
    let page: unknown;
    try {
      page = await api.json({
        path,
        accept: acceptOf(collection.resource, 'List'),
        signal,
        maxBytes: limits.maxPageBytes,
        timeoutMs: PAGE_TIMEOUT_MS,
      });
    } catch (thrown) {
      if (!(thrown instanceof ApiFault) || thrown.code !== 'cluster/too-large' || pageSize === 1) {
        throw thrown;
      }
      pageSize = Math.max(1, Math.floor(pageSize / 8));
      continue;
    }
    const items = pick(page, 'items');
    if (items !== null && !Array.isArray(items)) throw malformed(collection, 'no list of items');
    for (const item of listAt(page, 'items')) onItem(item);
    listed += listAt(page, 'items').length;
    version = versionOf(page, collection);
    next = textAt(page, 'metadata', 'continue') ?? '';
    if (next.length > MAX_TOKEN_LENGTH) throw malformed(collection, 'a token that is too long');
    if (next !== '' && (listed > limits.maxListed || ++pages > limits.maxListed)) {
      throw new ApiFault(
        'too-large',
        `${titleOf(collection)} are more than the ${limits.maxListed} that are read`,
      );
    }
  } while (next !== '' || version === '');
  return version;
}

/** The version that a list, an object or a bookmark names. */
export function versionOf(said: unknown, collection: Collection): string {
  const version = textAt(said, 'metadata', 'resourceVersion') ?? '';
  if (version !== '' && version.length <= MAX_VERSION_LENGTH) return version;
  throw malformed(collection, 'no version');
}

export function pathOf(
  { resource, namespace, fieldSelector }: Collection,
  query: Readonly<Record<string, string>>,
): string {
  const { group, version, plural } = resource;
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const words = new URLSearchParams({
    ...query,
    ...(fieldSelector !== undefined && { fieldSelector }),
  });
  return `${base}${within}/${plural}?${words}`;
}

/** @see Kubernetes, "API Concepts: metadata-only fetches" */
export function acceptOf({ metadataOnly }: ApiResource, suffix: 'List' | '' = ''): string {
  return metadataOnly
    ? `application/json;as=PartialObjectMetadata${suffix};g=meta.k8s.io;v=v1`
    : 'application/json';
}

/** `pods of namespace shop` */
export function titleOf({ resource, namespace }: Collection): string {
  const name = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  return namespace === undefined ? name : `${name} of namespace ${namespace}`;
}

export function malformed(collection: Collection, what: string): ApiFault {
  return new ApiFault('malformed', `The list of ${titleOf(collection)} has ${what}`);
}
