import { CONTROLLERS } from './controlled.ts';
import { ADMISSION_KINDS } from './kinds.ts';

/** How the webhook is registered with an API server. */
export interface WebhookManifest {
  /** Of the ValidatingWebhookConfiguration. */
  readonly name: string;
  /** Where Reeve runs; never judged. */
  readonly namespace: string;
  /** Others that are never judged. */
  readonly excludedNamespaces: readonly string[];
  /** Where it is asked: an address, or else the Service `reeve-admission` of the namespace. */
  readonly url: string | undefined;
  /** Name of the cluster, as Reeve's configuration has it; undefined where it is the only one. */
  readonly cluster: string | undefined;
  /** PEM; empty: Reeve writes it (`admission.keepWebhook`). */
  readonly caBundle: string;
  readonly timeoutSeconds: number;
  readonly failurePolicy: 'Ignore' | 'Fail';
}

export const WEBHOOK_NAME = 'reeve-admission';
/** Of the one webhook in it. */
export const WEBHOOK_ID = 'validate.reeve.dev';

/** ValidatingWebhookConfiguration in YAML, and what Reeve needs to keep its caBundle up to date; with the Service, where
 *  it is asked by that.
 *  @see Kubernetes, "Dynamic Admission Control: webhook configuration" */
export function webhookManifests(manifest: WebhookManifest): string {
  const parts = [configuration(manifest), rights(manifest)];
  return [...parts, ...(manifest.url === undefined ? [service(manifest)] : [])].join('---\n');
}

function configuration(manifest: WebhookManifest): string {
  const { name, namespace, excludedNamespaces, caBundle, timeoutSeconds, failurePolicy } = manifest;
  const excluded = [...new Set([namespace, ...excludedNamespaces])].join(', ');
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: ${name} }
webhooks:
  - name: ${WEBHOOK_ID}
    admissionReviewVersions: [v1]
    sideEffects: None
    timeoutSeconds: ${timeoutSeconds}
    # ${WHY_POLICY[failurePolicy]}
    failurePolicy: ${failurePolicy}
    matchPolicy: Equivalent
    clientConfig:
${clientConfig(manifest)}${caBundleLine(caBundle)}    # No objectSelector: by a label, anybody could opt out.
    namespaceSelector:
      matchExpressions:
        - { key: kubernetes.io/metadata.name, operator: NotIn, values: [${excluded}] }
    matchConditions:
      # What a controller of Kubernetes makes of an object that was judged is not judged again. Others are asked about:
      # anybody can write that an object has a controller.
      - name: not-made-by-a-controller
        expression: >-
          !(request.kind.kind in ['Pod', 'ReplicaSet', 'Job']) || object == null ||
          !has(object.metadata.ownerReferences) ||
          !object.metadata.ownerReferences.exists(owner, has(owner.controller) && owner.controller) ||
          !(${byControllers()})
    rules:
${rules()}`;
}

function byControllers(): string {
  const username = 'request.userInfo.username';
  return CONTROLLERS.map((one) =>
    one.endsWith('*') ? `${username}.startsWith('${one.slice(0, -1)}')` : `${username} == '${one}'`,
  ).join(' ||\n            ');
}

const WHY_POLICY = {
  Ignore: 'While Reeve is away, objects are taken unjudged.',
  Fail: 'While Reeve is away, none of these objects can be changed outside the namespaces below.',
} as const;

function clientConfig({ namespace, url, cluster }: WebhookManifest): string {
  const path = cluster === undefined ? '/validate' : `/validate/${cluster}`;
  return url === undefined
    ? `      service: { name: ${WEBHOOK_NAME}, namespace: ${namespace}, port: 443, path: ${path} }\n`
    : `      url: ${JSON.stringify(`${url.replace(/\/+$/, '')}${path}`)}\n`;
}

function caBundleLine(pem: string): string {
  if (pem === '')
    return '      # caBundle: Reeve writes it and keeps it up to date (admission.keepWebhook).\n';
  return `      caBundle: ${Buffer.from(pem, 'utf8').toString('base64')}\n`;
}

function rules(): string {
  const groups = Map.groupBy(ADMISSION_KINDS, ({ group }) => group);
  return [...groups]
    .map(([group, kinds]) => {
      const resources = kinds.flatMap((one) => Object.values(one.kinds)).sort();
      if (group === '') resources.push('pods/ephemeralcontainers');
      return `      - apiGroups: [${JSON.stringify(group)}]
        apiVersions: ['*']
        operations: [CREATE, UPDATE, DELETE]
        scope: '*'
        resources: [${resources.join(', ')}]
`;
    })
    .join('');
}

function rights({ name, namespace }: WebhookManifest): string {
  return `# Reeve's authorities rotate: it writes the caBundle of this one object, and may change nothing else.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: ${name} }
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [validatingwebhookconfigurations]
    resourceNames: [${name}]
    verbs: [get, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ${name} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name} }
subjects: [{ kind: ServiceAccount, name: reeve, namespace: ${namespace} }]
`;
}

function service({ namespace }: WebhookManifest): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${WEBHOOK_NAME}, namespace: ${namespace} }
spec:
  selector: { app.kubernetes.io/name: reeve }
  ports: [{ name: https, port: 443, targetPort: 7443 }]
`;
}
