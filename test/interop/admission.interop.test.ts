import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WEBHOOK_NAME, webhookManifests } from '../../src/authorization/admission/index.ts';
import { listAt, textAt } from '../../src/base/pick.ts';
import { freePort } from '../../src/base/testing/free-port.ts';
import { type AdmissionUnderTest, objectOf, startAdmission } from '../support/admission.ts';
import { kubernetesProgram, RealCluster } from './support/kubernetes.ts';
import { isMissing } from './support/tools.ts';

const program = await kubernetesProgram();
const rights = (file: string) =>
  readFileSync(join(import.meta.dirname, '../../deploy/kubernetes', file), 'utf8');
/** Registered webhooks are in force within a second or so. */
const WAIT = { timeout: 60_000, interval: 250 };

const workload = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: a, image: a, ports: [{ containerPort: 8080 }] }] }
---
`;
const policy = (name: string, ingress: string, namespace = 'shop') =>
  objectOf(`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: { podSelector: { matchLabels: { app: payments } }, policyTypes: [Ingress], ingress: ${ingress} }
`);
const OPEN = '[{}]';
const FROM_ORDERS =
  '[{ from: [{ podSelector: { matchLabels: { app: orders } } }], ports: [{ port: 8080 }] }]';
const namespace = (name: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n---\n`;

describe.skipIf(isMissing('admission', program))('a real API server asks', () => {
  let real: RealCluster;
  let admission: AdmissionUnderTest;
  beforeAll(async () => {
    real = await RealCluster.start(program.path ?? '');
    await real.apply(rights('reader.yaml'));
    await real.apply(
      `${namespace('shop')}${['orders', 'payments', 'reviews', 'web'].map(workload).join('')}`,
    );
    await real.applyObject(policy('closed', '[]'));
    await start({ mode: 'deny', port: await freePort(), keepWebhook: WEBHOOK_NAME });
    await register();
  }, 120_000);
  afterAll(async () => {
    await admission?.close();
    await real?.close();
  });

  async function start(config: object): Promise<void> {
    const kubeconfig = real.kubeconfig('reeve', await real.tokenOf('reeve', 'reeve'));
    admission = await startAdmission([{ name: 'real', kubeconfig }], config);
    await vi.waitFor(async () => {
      expect(await admission.get('/api/v1/clusters')).toMatchObject({
        items: [{ state: 'current' }],
      });
    }, WAIT);
  }

  /** With the webhook of this machine; its caBundle is left to Reeve. */
  async function register(): Promise<void> {
    await real.apply(
      webhookManifests({
        ...{ name: WEBHOOK_NAME, namespace: 'reeve', excludedNamespaces: ['kube-system'] },
        url: `https://localhost:${admission.port}`,
        ...{ cluster: undefined, caBundle: '', timeoutSeconds: 10, failurePolicy: 'Ignore' },
      }),
    );
    await vi.waitFor(async () => {
      expect(await tried('until-asked', OPEN)).toMatchObject({ status: 403 });
    }, WAIT);
  }

  const create = (value: object, query = '') =>
    real.ask('POST', `/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies${query}`, value);
  const tried = (name: string, ingress: string) => create(policy(name, ingress), '?dryRun=All');

  it('and Reeve writes the authorities that verify its certificate', async () => {
    const { body } = await real.ask(
      'GET',
      `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${WEBHOOK_NAME}`,
    );
    const written = textAt(listAt(body, 'webhooks')[0], 'clientConfig', 'caBundle') ?? '';
    expect(Buffer.from(written, 'base64').toString('utf8')).toBe(await admission.bundle());
  });

  it('and refuses what opens a service to everyone, with the reason', async () => {
    const { status, body } = await create(policy('open', OPEN));
    expect(status).toBe(403);
    expect(textAt(body, 'message')).toMatch(
      /admission webhook "validate\.reeve\.dev" denied the request: reeve: .*newly reaches payments.*\[check\/any-to-any\]/,
    );
    const { status: read } = await real.ask(
      'GET',
      '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/open',
    );
    expect(read).toBe(404);
  });

  it('and takes what names one caller and one port', async () => {
    expect(await create(policy('from-orders', FROM_ORDERS))).toMatchObject({ status: 201 });
  });

  it('before it removes the policy that keeps everyone out', async () => {
    const path = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/closed';
    // another one still selects the same pods, until Reeve has heard that it is gone
    await real.remove(policy('from-orders', FROM_ORDERS));
    await vi.waitFor(async () => {
      expect(await real.ask('DELETE', `${path}?dryRun=All`)).toMatchObject({ status: 403 });
    }, WAIT);
    expect(await real.ask('DELETE', path)).toMatchObject({ status: 403 });
  });

  it('about what is only tried, which leaves no trace', async () => {
    expect(await tried('dry', OPEN)).toMatchObject({ status: 403 });
    expect(await tried('dry', FROM_ORDERS)).toMatchObject({ status: 201 });
    expect(admission.logged()).not.toContain('"name":"dry"');
  });

  it('about a pod that anybody says a controller has made', async () => {
    const pod = objectOf(`apiVersion: v1
kind: Pod
metadata:
  name: stray
  namespace: shop
  labels: { app: stray }
  ownerReferences: [{ apiVersion: v1, kind: ConfigMap, name: any, uid: any, controller: true }]
spec: { containers: [{ name: a, image: a }] }
`);
    const path = '/api/v1/namespaces/shop/pods?dryRun=All';
    const { body } = await real.ask('POST', path, pod);
    expect(textAt(body, 'message')).toContain('denied the request: reeve: ');
  });

  it("and not about Reeve's own namespace", async () => {
    const path = '/apis/networking.k8s.io/v1/namespaces/reeve/networkpolicies';
    const answer = await real.ask('POST', path, policy('open', OPEN, 'reeve'));
    expect(answer).toMatchObject({ status: 201 });
  });

  it('and warns where that is all it is told to do', async () => {
    await admission.close();
    await start({ mode: 'warn', port: admission.port, keepWebhook: WEBHOOK_NAME });
    await vi.waitFor(async () => {
      const { status, warnings } = await tried('open', OPEN);
      expect(status).toBe(201);
      expect(warnings.join(' ')).toMatch(/reeve: critical: every workload newly reaches payments/);
    }, WAIT);
  });

  it('and takes everything while Reeve is away, as failurePolicy says', async () => {
    await admission.close();
    await sleep(100);
    expect(await create(policy('open', OPEN))).toMatchObject({ status: 201 });
  });
});
