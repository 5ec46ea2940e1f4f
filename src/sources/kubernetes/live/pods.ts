import type { ClusterApi } from './api.ts';
import { Follower, type FollowLimits, type Taker } from './follower.ts';

const PODS = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  metadataOnly: false,
};

/** Follows the pods of one node, whole; to be started. */
export function followPods<Item>(
  api: ClusterApi,
  node: string,
  taker: Taker<Item>,
  limits?: FollowLimits,
): Follower<Item> {
  const collection = { resource: PODS, fieldSelector: `spec.nodeName=${node}` };
  return new Follower({ api, collection, taker, ...(limits && { limits }) });
}
