import type { Permission } from '../../estate/index.ts';
import type { Place, RequestChange, ServiceWords, State } from './model.ts';
import { placeOf, type Words } from './words.ts';

type RequestPermission = Permission & { readonly layer: 'request' };

/** Whom the policies of meshes let in to what, where that changes. What a policy denied and no longer does is gained,
 *  too; and where the last policy of a service that allows is gone, everyone is let in. */
export function requestChanges(base: State, head: State, words: Words): RequestChange[] {
  const before = new Map(base.services.map((service) => [service.id, service]));
  const after = new Map(head.services.map((service) => [service.id, service]));
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.flatMap((id) => {
    const [was, is] = [permissionsOf(before.get(id)), permissionsOf(after.get(id))];
    if (was.length === 0 && is.length === 0) return [];
    return [...difference(id, was, is, 'head', words), ...difference(id, is, was, 'base', words)];
  });
}

function permissionsOf(service: ServiceWords | undefined): readonly RequestPermission[] {
  return (service?.permissions ?? []).filter(
    (permission): permission is RequestPermission => permission.layer === 'request',
  );
}

/** What `after` lets in and `before` does not. Seen from the base, that is what is lost. */
function difference(
  service: string,
  before: readonly RequestPermission[],
  after: readonly RequestPermission[],
  state: Place['state'],
  words: Words,
): RequestChange[] {
  const allowedBefore = before.filter(({ effect }) => effect === 'allow');
  const groups = new Map<
    string,
    {
      permission: RequestPermission;
      principal: string;
      operations: string[];
      place: Place | undefined;
    }
  >();
  const add = (
    permission: RequestPermission,
    principal: string,
    operation: string,
    place: Place | undefined,
  ) => {
    const key = `${principal} ${place?.file}:${place?.line}`;
    const group = groups.get(key) ?? { permission, principal, operations: [], place };
    if (!group.operations.includes(operation)) group.operations.push(operation);
    groups.set(key, group);
  };
  for (const permission of after) {
    if (permission.effect !== 'allow') continue;
    for (const [principal, operation] of pairsOf(permission)) {
      if (allowedBefore.some((one) => admits(one, principal, operation))) continue;
      add(permission, principal, operation, placeOfGain(permission, before, after, state));
    }
  }
  for (const permission of before) {
    if (permission.effect !== 'deny' || after.some((one) => denies(one, permission))) continue;
    // Only where something lets it in does it matter that it is not denied any more.
    for (const [principal, operation] of pairsOf(permission)) {
      if (!after.some((one) => one.effect === 'allow' && meets(one, principal))) continue;
      const place = placeOf(permission.source, state === 'head' ? 'base' : 'head');
      add(
        permission,
        principal,
        `${operation === '*' ? 'what' : operation}, which ${permission.policy} denied`,
        place,
      );
    }
  }
  return [...groups.values()].map(({ permission, principal, operations, place }) => ({
    layer: 'requests',
    change:
      state === 'base'
        ? 'removed'
        : allowedBefore.some((one) => one.from.includes(principal))
          ? 'changed'
          : 'added',
    from: words.principal(principal),
    to: words.nameOf(service),
    gained: state === 'head' ? operations.map(operationText) : [],
    lost: state === 'base' ? operations.map(operationText) : [],
    place,
    principal,
    service,
    policy: permission.policy,
  }));
}

/** Where everyone is let in since no policy allows any more, the place is that of the policy that is gone. */
function placeOfGain(
  { policy, source }: RequestPermission,
  before: readonly RequestPermission[],
  after: readonly RequestPermission[],
  state: Place['state'],
): Place | undefined {
  if (policy !== 'default' || state === 'base') return placeOf(source, state);
  const gone = before.find(
    (one) => one.policy !== 'default' && !after.some((other) => other.policy === one.policy),
  );
  return gone ? placeOf(gone.source, 'base') : placeOf(source, state);
}

function pairsOf({ from, operations }: RequestPermission): [string, string][] {
  return from.flatMap((principal) =>
    operations.map((operation): [string, string] => [principal, operation]),
  );
}

function admits(permission: RequestPermission, principal: string, operation: string): boolean {
  return (
    permission.from.some((one) => includesPrincipal(one, principal)) &&
    (permission.operations.includes('*') || permission.operations.includes(operation))
  );
}

function denies(permission: RequestPermission, other: RequestPermission): boolean {
  return (
    permission.effect === 'deny' &&
    pairsOf(other).every(([principal, operation]) => admits(permission, principal, operation))
  );
}

function meets({ from }: RequestPermission, principal: string): boolean {
  return from.some((one) => includesPrincipal(one, principal) || includesPrincipal(principal, one));
}

/** Whether one word for callers stands for all that another stands for. */
function includesPrincipal(outer: string, inner: string): boolean {
  if (outer === inner || outer === '*') return true;
  if (outer === '*authenticated') return inner !== '*' && inner !== '*token';
  if (!outer.endsWith('/*')) return false;
  return inner.split('/').at(-2) === outer.slice(0, -2) && !inner.endsWith('/*');
}

function operationText(operation: string): string {
  return operation === '*' ? 'every operation' : operation;
}
