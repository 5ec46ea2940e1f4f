import { isDeepStrictEqual } from 'node:util';
import { type Fields, fieldsAt, listAt, pick, textsAt } from '../../base/pick.ts';
import type { AdmissionConfig } from './config/index.ts';
import type { Review } from './review.ts';

/** The users whom the control plane's own controllers are, and kubelets, which mirror what they run themselves; a `*`
 *  stands for any end.
 *  @see Kubernetes, "Using RBAC Authorization: controller roles"; "Using Node Authorization" */
export const CONTROLLERS = [
  'system:kube-controller-manager',
  'system:node:*',
  'system:serviceaccount:kube-system:*',
] as const;

/** The object as it is judged. What a controller makes of an object that was judged is left to that; of others the
 *  reference to a controller is left out, as anybody may write one, and would not be judged. */
export function objectToJudge(
  { kind, object, oldObject, username }: Pick<Review, 'kind' | 'object' | 'oldObject' | 'username'>,
  { controllers }: Pick<AdmissionConfig, 'controllers'>,
): Fields | undefined {
  if (object === undefined || [...CONTROLLERS, ...controllers].some((one) => is(username, one))) {
    return object;
  }
  if (oldObject !== undefined && runsTheSame(kind, object, oldObject)) return object;
  const owners = listAt(object, 'metadata', 'ownerReferences');
  const ownerReferences = owners.filter((owner) => pick(owner, 'controller') !== true);
  if (ownerReferences.length === owners.length) return object;
  return { ...object, metadata: { ...fieldsAt(object, 'metadata'), ownerReferences } };
}

const is = (username: string, controller: string): boolean =>
  controller.endsWith('*') ? username.startsWith(controller.slice(0, -1)) : username === controller;

/** Networks and meshes annotate what controllers make, while it starts, and people debug in it. What pods have is fixed
 *  but for their labels. */
function runsTheSame(kind: string, after: Fields, before: Fields): boolean {
  const judgedBy = (object: Fields) => [
    listAt(object, 'metadata', 'ownerReferences'),
    textsAt(object, 'metadata', 'labels'),
    kind === 'Pod' ? undefined : pick(object, 'spec'),
  ];
  return isDeepStrictEqual(judgedBy(after), judgedBy(before));
}
