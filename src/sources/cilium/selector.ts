import { isFields, listAt, textAt, textsAt } from '../../base/pick.ts';
import { matchesSelector } from '../kubernetes/selector.ts';
import { namespaceOf, type Workload } from '../kubernetes/workload.ts';

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABEL = 'io.cilium.k8s.namespace.labels.';

/** Whether an endpoint selector selects a workload. Keys may name their source (`k8s:app`,
 *  `any:app`); Cilium adds the namespace, its labels and the service account to the pod's labels.
 *  @see https://docs.cilium.io/en/stable/network/kubernetes/policy/ */
export function matchesEndpoints(selector: unknown, workload: Workload): boolean {
  return matchesSelector(withoutSources(selector), labelsOf(workload));
}

/** The namespaces that a selector names itself; undefined where it leaves them open. */
export function namespacesIn(selector: unknown): readonly string[] | undefined {
  const plain = withoutSources(selector);
  const exact = textsAt(plain, 'matchLabels')[NAMESPACE];
  if (exact !== undefined) return [exact];
  const terms = listAt(plain, 'matchExpressions').filter((term) =>
    textAt(term, 'key')?.startsWith(NAMESPACE),
  );
  const isNamed = terms.length > 0 || namesNamespaceLabels(plain);
  const listed = terms.find((term) => textAt(term, 'operator') === 'In');
  if (listed) return listAt(listed, 'values').flatMap((value) => textAt(value) ?? []);
  return isNamed ? [] : undefined;
}

/** Whether nothing but namespaces is asked for. */
export function isNamespaceOnly(selector: unknown): boolean {
  const plain = withoutSources(selector);
  const keys = [
    ...Object.keys(textsAt(plain, 'matchLabels')),
    ...listAt(plain, 'matchExpressions').flatMap((term) => textAt(term, 'key') ?? []),
  ];
  return keys.every((key) => key === NAMESPACE);
}

function namesNamespaceLabels(selector: unknown): boolean {
  const keys = [
    ...Object.keys(textsAt(selector, 'matchLabels')),
    ...listAt(selector, 'matchExpressions').flatMap((term) => textAt(term, 'key') ?? []),
  ];
  return keys.some((key) => key.startsWith(NAMESPACE_LABEL));
}

type Labels = Readonly<Record<string, string>>;

/** Every policy asks every workload, so what they are compared by is made once. */
const LABELS = new WeakMap<Workload, Labels>();
const PLAIN = new WeakMap<object, unknown>();

function labelsOf(workload: Workload): Labels {
  let labels = LABELS.get(workload);
  if (!labels) {
    const ofNamespace = Object.entries(workload.namespaceLabels).map(
      ([key, value]) => [`${NAMESPACE_LABEL}${key}`, value] as const,
    );
    labels = {
      ...workload.podLabels,
      ...Object.fromEntries(ofNamespace),
      [NAMESPACE]: namespaceOf(workload),
      'io.cilium.k8s.policy.serviceaccount': workload.serviceAccount,
    };
    LABELS.set(workload, labels);
  }
  return labels;
}

/** `k8s:app` as `app`. Labels of other sources (`reserved:`) are kept, and match no pod. */
function withoutSources(selector: unknown): unknown {
  if (!isFields(selector)) return selector;
  let result = PLAIN.get(selector);
  if (result === undefined) {
    const matchLabels = Object.fromEntries(
      Object.entries(textsAt(selector, 'matchLabels')).map(([key, value]) => [plain(key), value]),
    );
    const matchExpressions = listAt(selector, 'matchExpressions').map((term) =>
      isFields(term) ? { ...term, key: plain(textAt(term, 'key') ?? '') } : term,
    );
    result = { matchLabels, matchExpressions };
    PLAIN.set(selector, result);
  }
  return result;
}

function plain(key: string): string {
  return key.replace(/^(?:k8s|any)[:.]/, '');
}
