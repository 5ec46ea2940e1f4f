import { isFields, pick, textAt } from '../../../base/pick.ts';
import type { ClusterApi } from './api.ts';
import { toApiFault } from './api-fault.ts';
import { acceptOf, type Collection, pathOf, titleOf, versionOf } from './list.ts';

export interface WatchLimits {
  /** Of one event, as sent. */
  readonly maxEventBytes: number;
  /** How long one watch lasts; the next goes on where it ended. */
  readonly watchSeconds: number;
  /** Longest silence; bookmarks come about once a minute. */
  readonly silenceMs: number;
}

export interface WatchSink {
  /** The server has begun to tell. */
  opened(): void;
  put(object: unknown): void;
  remove(object: unknown): void;
  /** Everything up to this version has been told. */
  reached(version: string): void;
  /** An event that says nothing. */
  malformed(): void;
}

/** Follows a collection from a version on until the server ends it.
 *  @throws {ApiFault} `cluster/version-gone` where the version is too old: the collection must be listed again
 *  @see Kubernetes, "API Concepts: efficient detection of changes" and "watch bookmarks" */
export async function watch(
  api: ClusterApi,
  collection: Collection,
  version: string,
  limits: WatchLimits,
  sink: WatchSink,
  signal?: AbortSignal,
): Promise<void> {
  const path = pathOf(collection, {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    timeoutSeconds: String(limits.watchSeconds),
  });
  await api.lines(
    {
      path,
      accept: acceptOf(collection.resource),
      signal,
      maxBytes: limits.maxEventBytes,
      timeoutMs: limits.silenceMs,
    },
    (event) => take(event, collection, sink),
    () => sink.opened(),
  );
}

const EFFECTS: Readonly<Record<string, (sink: WatchSink, object: unknown) => void>> = {
  ADDED: (sink, object) => sink.put(object),
  MODIFIED: (sink, object) => sink.put(object),
  DELETED: (sink, object) => sink.remove(object),
  BOOKMARK: () => {},
};

function take(event: unknown, collection: Collection, sink: WatchSink): void {
  const type = textAt(event, 'type') ?? '';
  const object = pick(event, 'object');
  if (type === 'ERROR') {
    const code = Number(textAt(object, 'code')) || 500;
    throw toApiFault(code, `The watch of ${titleOf(collection)}`, object);
  }
  if (!Object.hasOwn(EFFECTS, type) || !isFields(object)) {
    sink.malformed();
    return;
  }
  const version = versionOf(object, collection);
  EFFECTS[type]?.(sink, object);
  sink.reached(version);
}
