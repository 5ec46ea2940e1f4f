import { compareText } from '../../../base/diagnostic.ts';
import type { CalleeRules } from '../../model/index.ts';
import {
  aboutCaller,
  calleesOf,
  FLATTENED,
  filePathOf,
  isSaidByConnections,
  noticesOfPlace,
  type PodGroup,
  podGroupsOf,
} from '../callees.ts';
import type { Compiled, Notice, Placement, TargetContext } from '../compiled.ts';
import { type Manifest, metadataOf, nameOf, toYamlFile } from '../manifests.ts';

const MESH = { 'kuma.io/mesh': 'default' };

/** MeshTrafficPermissions: a connection of the mesh is let in where the caller has proved an identity that is let in to
 *  anything. Kuma keeps out what no permission names, and looks into no request.
 *  @see https://kuma.io/docs/latest/policies/meshtrafficpermission/ */
export function compileKuma(rules: readonly CalleeRules[], context: TargetContext): Compiled {
  const compiled = calleesOf(rules, context).map((callee) => compileCallee(callee, context));
  return {
    files: compiled.flatMap(({ files }) => files).sort((a, b) => compareText(a.path, b.path)),
    notices: [OF_THE_MESH, ...compiled.flatMap(({ notices }) => notices)],
  };
}

const OF_THE_MESH: Notice = {
  effect: 'left',
  message:
    'Permissions for the whole mesh, such as Kuma may make when it is installed, let in whom they name: remove them, and let the mesh demand mutual TLS.',
};

function compileCallee(callee: CalleeRules, context: TargetContext): Compiled {
  const { service, mode, callers } = callee;
  const placement = context.placements.get(service.id);
  const groups = placement ? podGroupsOf(service.name, placement) : [];
  const flattened =
    mode === 'shadow' ? [] : callers.filter((one) => !isSaidByConnections(callee, one));
  return {
    files: toYamlFile(
      filePathOf(service),
      groups.flatMap((group) => (placement ? permissions(callee, placement, group, context) : [])),
    ),
    notices: [
      ...noticesOfPlace(callee, placement),
      ...groups.flatMap((group) => noticesOfGroup(callee, group)),
      ...(mode === 'shadow' ? [outsiders(callee)] : []),
      ...flattened.map((one) => aboutCaller(callee, one, 'left', FLATTENED)),
    ],
  };
}

function outsiders({ service }: CalleeRules): Notice {
  const message = 'Callers that prove no identity of the mesh are denied, in shadow mode too.';
  return { service: service.id, effect: 'denied', message };
}

/** Kuma selects by labels that are there, and not by those that are not. */
function noticesOfGroup({ service }: CalleeRules, { name, selector }: PodGroup): Notice[] {
  if (selector.absent.length === 0) return [];
  const message = `Nobody is let in: Kuma can tell the pods of ${name} from others only by labels that these have not.`;
  return [{ service: service.id, effect: 'denied', message }];
}

function permissions(
  { service, mode, callers }: CalleeRules,
  { namespace }: Placement,
  { parts, selector }: PodGroup,
  { trustDomain }: TargetContext,
): Manifest[] {
  if (selector.absent.length > 0) return [];
  // Nobody is let in by default; a denial would outrank the permission that its ingress needs.
  if (callers.length === 0 && mode !== 'shadow' && service.exposure === 'internet') return [];
  const everyone = [{ spiffeID: { type: 'Prefix', value: `spiffe://${trustDomain}` } }];
  const identities = [...new Set(callers.flatMap((caller) => caller.identities))].sort(compareText);
  const allow = identities.map((value) => ({ spiffeID: { type: 'Exact', value } }));
  const rule =
    mode === 'shadow' ? { allow: everyone } : allow.length > 0 ? { allow } : { deny: everyone };
  return [
    {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshTrafficPermission',
      metadata: metadataOf(namespace, nameOf(...parts), MESH),
      spec: {
        targetRef: { kind: 'Dataplane', labels: selector.matchLabels },
        rules: [{ default: rule }],
      },
    },
  ];
}
