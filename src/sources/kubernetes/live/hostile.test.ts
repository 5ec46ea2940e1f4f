import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { attribute } from '../../attribution/index.ts';
import { CLUSTER_READERS } from '../../cluster-readers/index.ts';
import type { ApiRequest, ClusterApi } from './api.ts';
import { Discovery } from './discovery.ts';
import { keep } from './kept.ts';
import { LIVE_KINDS } from './kinds.ts';
import { list } from './list.ts';
import { DEFAULT_OBJECT_LIMITS } from './objects.ts';
import { readLive } from './reading.ts';
import { isClusterScoped, pluralOf } from './testing/api-server.ts';
import { watch } from './watch.ts';

/** Values that JSON can hold, with the words of Kubernetes among them. */
const word = fc.constantFrom(
  'metadata',
  'name',
  'namespace',
  'spec',
  'items',
  'continue',
  'resourceVersion',
  'groups',
  'versions',
  'resources',
  'managedFields',
  'fieldsV1',
  'f:data',
  'ownerReferences',
  'type',
  'object',
  'ADDED',
  'ERROR',
  'BOOKMARK',
  'shop',
  'v1',
  'constructor',
);
const value = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' });
const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    value,
    word,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(word, tie('any'), { maxKeys: 5 }),
  ),
}));
const RESOURCES = LIVE_KINDS.flatMap(({ group, kinds, metadataOnly = false }) =>
  kinds.map((kind) => ({
    group,
    version: 'v1',
    kind,
    plural: pluralOf(kind),
    namespaced: !isClusterScoped(kind),
    metadataOnly,
  })),
);
const resource = fc.constantFrom(...RESOURCES);

/** An API server that answers everything with one value. */
function answering(body: unknown): ClusterApi {
  const api: Pick<ClusterApi, 'json' | 'jsonUnless' | 'lines'> = {
    json: async () => body,
    jsonUnless: async () => ({ value: body, mark: undefined }),
    lines: async (_: ApiRequest, onLine: (line: unknown) => void) => onLine(body),
  };
  return api as ClusterApi;
}

async function valueOrFault(work: () => Promise<unknown>): Promise<void> {
  await work().catch((thrown: unknown) => expect(thrown).toBeInstanceOf(Fault));
}

describe('whatever an API server answers', () => {
  it('an object is kept within bounds, or not', () => {
    fc.assert(
      fc.property(any, any, resource, (metadata, spec, kind) => {
        const named = { name: 'x', ...(kind.namespaced && { namespace: 'shop' }) };
        for (const object of [
          spec,
          { metadata, spec },
          { metadata: named, spec, data: metadata },
        ]) {
          const kept = keep(object, kind, DEFAULT_OBJECT_LIMITS);
          if (typeof kept === 'string') continue;
          expect(kept.value).toMatchObject({
            kind: kind.kind,
            metadata: { name: expect.any(String) },
          });
          expect(kept.bytes).toBeLessThanOrEqual(DEFAULT_OBJECT_LIMITS.maxObjectBytes);
        }
      }),
    );
  });

  it('kinds, lists and events are read, or there is a Fault', async () => {
    const [first] = fc.sample(resource, 1);
    if (!first) return;
    const collection = { resource: first };
    const nothing = () => {};
    const sink = {
      opened: nothing,
      put: nothing,
      remove: nothing,
      reached: nothing,
      malformed: nothing,
    };
    await fc.assert(
      fc.asyncProperty(any, async (body) => {
        const api = answering(body);
        await valueOrFault(() => new Discovery(api, LIVE_KINDS).discover());
        const bounds = { maxPageBytes: 1_000, maxListed: 20 };
        await valueOrFault(() => list(api, collection, bounds, nothing));
        const limits = { maxEventBytes: 1_000, watchSeconds: 1, silenceMs: 1_000 };
        await valueOrFault(() => watch(api, collection, '1', limits, sink));
      }),
    );
  });

  it('what is kept is read by every reader', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(resource, any), { maxLength: 8 }), (drawn) => {
        const values = drawn.flatMap(([kind, spec], index) => {
          const metadata = { name: `x${index}`, ...(kind.namespaced && { namespace: 'shop' }) };
          const kept = keep({ metadata, spec, data: spec }, kind, DEFAULT_OBJECT_LIMITS);
          return typeof kept === 'string' ? [] : [kept.value];
        });
        const { observations, diagnostics } = readLive('test', values, CLUSTER_READERS);
        expect(diagnostics.filter(({ code }) => code.endsWith('/failed'))).toEqual([]);
        attribute(observations, { environment: 'test' });
      }),
    );
  });
});
