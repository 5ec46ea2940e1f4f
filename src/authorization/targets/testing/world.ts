import type { NetworkWorkload } from '../../../estate/index.ts';
import type { PolicyService } from '../../model/index.ts';

/** Pods that run for the services of a policy: one kind for each identity of a service, under the account that has it. */
export function workloadsFor(services: readonly PolicyService[]): NetworkWorkload[] {
  return services.flatMap((service) => {
    const accounts = service.identities.flatMap((identity) => accountOf(identity) ?? []);
    const all = accounts.length > 0 ? accounts : ['default'];
    return all.map(
      (serviceAccount): NetworkWorkload => ({
        namespace: service.namespace,
        name: `${service.name}-${serviceAccount}`,
        kind: 'Deployment',
        service: service.name,
        labels: { app: service.name, account: serviceAccount },
        serviceAccount,
        ports: [
          { name: 'http', number: 8080, transport: 'TCP' },
          { name: undefined, number: 9090, transport: 'TCP' },
        ],
        hostNetwork: false,
        source: { reader: 'kubernetes', how: 'configured', file: 'k8s.yaml', line: 1 },
      }),
    );
  });
}

const accountOf = (identity: string): string | undefined => /\/sa\/([^/]+)$/.exec(identity)?.[1];

/** A pod that asks, as proxies and the network see it. */
export interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Whether it takes part in the mesh, and so can prove its account. */
  readonly isMeshed: boolean;
}

/** What it asks. */
export interface Request {
  readonly port: number;
  /** Undefined: it does not speak HTTP. */
  readonly http: { readonly method: string; readonly path: string } | undefined;
}

export function podOf({ namespace, labels, serviceAccount }: NetworkWorkload): Pod {
  return { namespace, labels, serviceAccount, isMeshed: true };
}

/** A pod of nobody that anybody knows. */
export const STRANGER: Pod = {
  namespace: 'elsewhere',
  labels: { app: 'stranger' },
  serviceAccount: 'stranger',
  isMeshed: false,
};

/** Whether labels meet a selector of Kubernetes.
 *  @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const exact = Object.entries(selector.matchLabels ?? {});
  return (
    exact.every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator }) => {
      if (operator !== 'DoesNotExist') throw new Error(`${operator} is not expected`);
      return !(key in labels);
    })
  );
}

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string }[];
}
