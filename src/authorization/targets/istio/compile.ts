import type { CalleeRules } from '../../model/index.ts';
import { calleesOf, filePathOf, noticesOfPlace, type PodGroup, podGroupsOf } from '../callees.ts';
import { toCommentedYaml } from '../comments.ts';
import type { Compiled, Notice, TargetContext } from '../compiled.ts';
import { metadataOf, nameOf } from '../manifests.ts';
import { filled, rulesOf } from './rules.ts';

const API_VERSION = 'security.istio.io/v1';

/** What holds of every callee. */
const GENERAL: readonly Notice[] = [
  {
    effect: 'left',
    message:
      'Paths are compared as Envoy normalises them. Set `meshConfig.pathNormalization.normalization` to ' +
      '`DECODE_AND_MERGE_SLASHES`: with less, `//` and encoded slashes may slip past what is left out.',
  },
  {
    effect: 'left',
    message:
      'Paths with `;`, broken encoding or more than 8 KiB, and methods in lower case where every method is allowed, are ' +
      'refused by Reeve, and passed on by Istio. The callee must not leave out what follows `;`.',
  },
];

/** AuthorizationPolicies that let in what is allowed to each workload and nothing else, and the PeerAuthentications
 *  without which nobody's identity would be proved.
 *  @see https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
export function compileIstio(rules: readonly CalleeRules[], context: TargetContext): Compiled {
  const compiled = calleesOf(rules, context).map((one) => compileCallee(one, context));
  const files = compiled.flatMap((one) => one.files);
  return {
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    notices: [...(files.length > 0 ? GENERAL : []), ...compiled.flatMap((one) => one.notices)],
  };
}

function compileCallee(callee: CalleeRules, context: TargetContext): Compiled {
  const { service } = callee;
  const placement = context.placements.get(service.id);
  const groups = placement ? podGroupsOf(service.name, placement) : [];
  const place = [
    ...noticesOfPlace(callee, placement),
    ...groups.filter((group) => !isExact(group)).map((group) => unselected(callee, group)),
  ];
  const exact = groups.filter(isExact);
  if (!placement || exact.length === 0) return { files: [], notices: place };
  const { rules, notices } = rulesOf(callee, context);
  const documents = exact.flatMap((one) => documentsOf(callee, one, placement.namespace, rules));
  const text = documents.map(toCommentedYaml).join('---\n');
  return {
    files: [{ path: `${filePathOf(service)}.yaml`, text }],
    notices: [...place, ...(callee.mode === 'shadow' ? [] : notices)],
  };
}

/** Whether Istio can select the pods of a group alone: it knows no labels that must be absent. */
const isExact = ({ selector }: PodGroup): boolean => selector.absent.length === 0;

const unselected = ({ service }: CalleeRules, { name }: PodGroup): Notice => ({
  service: service.id,
  effect: 'left',
  message: `Nothing is enforced at ${name}: Istio has no selector for its pods without others.`,
});

/** A policy of a service in shadow mode is evaluated and logged, and enforces nothing.
 *  @see https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/ */
const DRY_RUN = { annotations: { 'istio.io/dry-run': 'true' } };

function documentsOf(
  callee: CalleeRules,
  group: PodGroup,
  namespace: string,
  rules: readonly Record<string, unknown>[],
): unknown[] {
  const selector = { matchLabels: group.selector.matchLabels };
  const isShadow = callee.mode === 'shadow';
  const metadata = metadataOf(namespace, nameOf(...group.parts));
  const policy = {
    apiVersion: API_VERSION,
    kind: 'AuthorizationPolicy',
    metadata: { ...metadata, ...(isShadow && DRY_RUN) },
    spec: { selector, action: 'ALLOW', ...filled('rules', rules) },
  };
  // What a service in shadow mode lets in is for others to say: it may well be strict already.
  if (isShadow) return [policy];
  const peers = {
    apiVersion: API_VERSION,
    kind: 'PeerAuthentication',
    metadata,
    spec: { selector, mtls: { mode: 'STRICT' } },
  };
  return [peers, policy];
}
