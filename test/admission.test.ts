import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fieldsAt, listAt, pick, textAt } from '../src/base/pick.ts';
import { TestApiServer } from '../src/sources/kubernetes/live/testing/api-server.ts';
import {
  type AdmissionUnderTest,
  askWebhook,
  kubeconfigOf,
  reviewOf,
  startAdmission,
} from './support/admission.ts';

const WAIT = { timeout: 30_000, interval: 50 };

const workload = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: a, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }] }
---
`;
const policy = (name: string, ingress: string, pods = '{}') => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec: { podSelector: ${pods}, policyTypes: [Ingress], ingress: ${ingress} }
---
`;
const SHOP = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
${['orders', 'payments', 'reviews', 'web'].map(workload).join('')}${policy('closed', '[]')}`;
const OPEN = policy('open', '[{}]', '{ matchLabels: { app: payments } }');
const ONE = policy(
  'from-orders',
  '[{ from: [{ podSelector: { matchLabels: { app: orders } } }], ports: [{ port: 8080 }] }]',
  '{ matchLabels: { app: payments } }',
);

describe('the admission webhook', () => {
  let cluster: TestApiServer;
  let admission: AdmissionUnderTest;
  let kubeconfig: ReturnType<typeof kubeconfigOf>;
  let ca: string;
  beforeAll(async () => {
    cluster = await TestApiServer.start();
    cluster.apply(SHOP);
    kubeconfig = kubeconfigOf(cluster.origin, cluster.token);
    admission = await startAdmission([{ name: 'eu-1', kubeconfig: kubeconfig.path }], {
      mode: 'deny',
    });
    ca = await admission.bundle();
    await vi.waitFor(async () => {
      const clusters = await admission.get('/api/v1/clusters');
      expect(clusters).toMatchObject({ items: [{ state: 'current' }] });
    }, WAIT);
  }, 60_000);
  afterAll(async () => {
    await admission?.close();
    await cluster?.close();
    kubeconfig?.remove();
  });

  const ask = async (manifest: string, said = {}) => {
    const review = reviewOf(manifest, said);
    const { status, body } = await askWebhook(admission.port, ca, JSON.stringify(review));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: review.request.uid },
    });
    return fieldsAt(body, 'response');
  };

  it('refuses a policy that opens a service to everyone, and says what that newly lets in', async () => {
    const response = await ask(OPEN);
    expect(response).toMatchObject({ allowed: false, status: { code: 403 } });
    const message = textAt(response, 'status', 'message') ?? '';
    expect(message).toContain('every workload newly reaches payments on every port');
    expect(message).toContain('[check/any-to-any]');
  });

  it('lets a policy through that names one caller and one port', async () => {
    expect(await ask(ONE)).toMatchObject({ allowed: true });
  });
});
void listAt;
void pick;
