import { isFields, listAt, pick, textAt, textsAt } from '../../../../base/pick.ts';
import type { LabelSelector, PodSelector } from '../../../../estate/index.ts';
import { complain, type Field } from '../field.ts';
import { namespaceNamed, toSelector } from '../selector.ts';

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABEL = 'io.cilium.k8s.namespace.labels.';
/** The label by which Cilium knows a pod's service account. */
export const ACCOUNT_LABEL = 'io.cilium.k8s.policy.serviceaccount';
const CLUSTER_LABEL = 'io.cilium.k8s.policy.cluster';
const NAME = 'kubernetes.io/metadata.name';

/** A selector of endpoints: labels of pods, and in the same list their namespace and its labels. Without a namespace it
 *  stays in that of its policy; a policy of the cluster has none (`home` is undefined).
 *  @see https://docs.cilium.io/en/stable/network/kubernetes/policy/ */
export function toEndpoints(field: Field, home: string | undefined): PodSelector | undefined {
  if (hasReserved(field.value)) {
    complain(field, 'note', 'reserved-not-judged', 'selects what is no pod, so it was left out');
    return undefined;
  }
  const terms = toSelector({ ...field, value: withoutSources(field.value) });
  if (!terms) return undefined;
  const namespaces = terms.flatMap((term): LabelSelector => {
    if (term.key === NAMESPACE) return [{ ...term, key: NAME }];
    if (!term.key.startsWith(NAMESPACE_LABEL)) return [];
    return [{ ...term, key: term.key.slice(NAMESPACE_LABEL.length) }];
  });
  const pods = terms.filter(
    ({ key }) => key !== NAMESPACE && key !== CLUSTER_LABEL && !key.startsWith(NAMESPACE_LABEL),
  );
  if (namespaces.length > 0 || home === undefined) return { namespaces, pods };
  return { namespaces: namespaceNamed(home), pods };
}

function keysOf(selector: unknown): readonly string[] {
  return [
    ...Object.keys(textsAt(selector, 'matchLabels')),
    ...listAt(selector, 'matchExpressions').flatMap((term) => textAt(term, 'key') ?? []),
  ];
}

function hasReserved(selector: unknown): boolean {
  return keysOf(selector).some((key) => key.startsWith('reserved'));
}

/** `k8s:app` as `app`. */
function withoutSources(selector: unknown): unknown {
  if (!isFields(selector)) return selector;
  return {
    matchLabels: Object.fromEntries(
      Object.entries(textsAt(selector, 'matchLabels')).map(([key, value]) => [plain(key), value]),
    ),
    matchExpressions: listAt(selector, 'matchExpressions').map((term) =>
      isFields(term) ? { ...term, key: plain(textAt(pick(term, 'key')) ?? '') } : term,
    ),
  };
}

function plain(key: string): string {
  return key.replace(/^(?:k8s|any)[:.]/, '');
}
