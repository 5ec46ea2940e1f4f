import { loadAll } from 'js-yaml';
import { type Pod, type Request, type Selector, selects } from '../../testing/world.ts';

/** What Cilium lets in, from its reference alone: nothing here is shared with what writes policies.
 *  @see https://docs.cilium.io/en/stable/security/policy/ */

interface Policy {
  readonly metadata: { readonly namespace: string };
  readonly spec: { readonly endpointSelector: Selector; readonly ingress: readonly Rule[] };
}
interface Rule {
  readonly fromEndpoints?: readonly Selector[];
  readonly fromEntities?: readonly string[];
  readonly authentication?: { readonly mode: string };
  readonly toPorts?: readonly {
    readonly ports: readonly { readonly port: string; readonly protocol: string }[];
    readonly rules?: { readonly http?: readonly { method: string; path: string }[] };
  }[];
}

const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';

export class Cilium {
  readonly #policies: readonly Policy[];

  constructor(files: readonly { readonly text: string }[]) {
    this.#policies = files.flatMap(({ text }) => loadAll(text) as Policy[]);
  }

  /** A pod that a policy with rules for what comes in selects is closed but for what any such rule lets in. */
  lets(from: Pod, to: Pod, request: Request): boolean {
    const policies = this.#policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === to.namespace && selects(spec.endpointSelector, to.labels),
    );
    const isClosed = policies.some(({ spec }) => spec.ingress.length > 0);
    if (!isClosed) return true;
    const rules = policies.flatMap(({ metadata, spec }) =>
      spec.ingress.filter((rule) => isFrom(rule, from, metadata.namespace)),
    );
    const isAuthenticated = from.isMeshed;
    if (!isAuthenticated && rules.some(({ authentication }) => authentication)) return false;
    return rules.some((rule) => opens(rule, request));
  }
}

function isFrom({ fromEndpoints, fromEntities }: Rule, pod: Pod, home: string): boolean {
  if (fromEntities?.includes('all')) return true;
  const labels = {
    ...pod.labels,
    [NAMESPACE]: pod.namespace,
    'k8s:io.cilium.k8s.policy.serviceaccount': pod.serviceAccount,
  };
  return (fromEndpoints ?? []).some((selector) => {
    // A selector that names no namespace stays in that of its policy.
    const isHere = pod.namespace === home || NAMESPACE in (selector.matchLabels ?? {});
    return isHere && selects(selector, labels);
  });
}

/** Without ports, a rule is for all of them; with an empty list of requests, for all of these. */
function opens({ toPorts }: Rule, { port, http }: Request): boolean {
  if (!toPorts) return true;
  return toPorts
    .filter(({ ports }) => ports.some((one) => one.port === `${port}` && one.protocol === 'TCP'))
    .some(({ rules }) => {
      if (!rules?.http || rules.http.length === 0) return true;
      return (
        http &&
        rules.http.some(({ method, path }) => isAll(method, http.method) && isAll(path, http.path))
      );
    });
}

const known = new Map<string, RegExp>();

/** Regular expressions match all of a text; the path is compared with its query. */
function isAll(pattern: string, text: string): boolean {
  const regex = known.get(pattern) ?? new RegExp(`^(?:${pattern})$`);
  known.set(pattern, regex);
  return regex.test(text);
}
