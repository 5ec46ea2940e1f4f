import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ADMISSION_KINDS,
  WEBHOOK_NAME,
  webhookManifests,
} from '../src/authorization/admission/index.ts';
import { fieldsAt, textAt } from '../src/base/pick.ts';
import { LIVE_KINDS } from '../src/sources/kubernetes/live/kinds.ts';
import { TestApiServer } from '../src/sources/kubernetes/live/testing/api-server.ts';
import {
  type AdmissionUnderTest,
  askWebhook,
  kubeconfigOf,
  reviewOf,
  startAdmission,
} from './support/admission.ts';
import { deployment, service } from './support/manifests.ts';

const WAIT = { timeout: 60_000, interval: 50 };

const workload = (name: string) =>
  deployment(name, '{ name: a, ports: [{ containerPort: 8080 }] }') + service(name);
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

it('deploy/kubernetes/admission.yaml is what the command prints', () => {
  const text = readFileSync(
    join(import.meta.dirname, '../deploy/kubernetes/admission.yaml'),
    'utf8',
  );
  const printed = webhookManifests({
    ...{ name: WEBHOOK_NAME, namespace: 'reeve', excludedNamespaces: ['kube-system'] },
    ...{ url: undefined, cluster: undefined, caBundle: '', timeoutSeconds: 10 },
    failurePolicy: 'Ignore',
  });
  expect(text.replace(/^(# .*\n)+/, '')).toBe(printed);
});

it('asks about no kind that is not followed, so that there is a state before', () => {
  const followed = LIVE_KINDS.flatMap(({ group, kinds }) =>
    kinds.map((kind) => `${group}/${kind}`),
  );
  const asked = ADMISSION_KINDS.flatMap(({ group, kinds }) =>
    Object.keys(kinds).map((kind) => `${group}/${kind}`),
  );
  expect(asked.filter((kind) => !followed.includes(kind))).toEqual([]);
});

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
  });
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

  it('judges what is asked beside what is there now, not what was there at first', async () => {
    cluster.apply(OPEN);
    const again = policy('open-too', '[{}]', '{ matchLabels: { app: payments } }');
    await vi.waitFor(async () => expect(await ask(again)).toMatchObject({ allowed: true }), WAIT);
    cluster.remove('NetworkPolicy', 'shop', 'open');
    await vi.waitFor(async () => expect(await ask(again)).toMatchObject({ allowed: false }), WAIT);
  });

  it('refuses to remove the policy that keeps everyone out', async () => {
    const closed = policy('closed', '[]');
    expect(await ask(closed, { operation: 'DELETE' })).toMatchObject({
      allowed: false,
      status: { message: expect.stringContaining('newly reaches') },
    });
    expect(await ask(closed, { operation: 'UPDATE' })).toEqual({
      ...{ uid: expect.any(String), allowed: true },
    });
  });

  it('refuses a mesh policy that lets everyone in, of a kind that the cluster did not have', async () => {
    const everyone = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: all, namespace: shop }
spec: { selector: { matchLabels: { app: payments } }, rules: [{}] }
`;
    const closed = everyone.replace('rules: [{}]', 'rules: []').replace('all', 'none');
    cluster.apply(closed);
    await vi.waitFor(async () => {
      expect(await ask(everyone)).toMatchObject({
        allowed: false,
        status: { message: expect.stringContaining('payments') },
      });
    }, WAIT);
    cluster.remove('AuthorizationPolicy', 'shop', 'none');
  });

  it("lets through unjudged what is in Reeve's own namespace, and kinds that say nothing", async () => {
    expect(await ask(OPEN.replaceAll('shop', 'reeve'))).toMatchObject({ allowed: true });
    const lease =
      'apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: { name: a, namespace: shop }';
    expect(await ask(lease)).toMatchObject({ allowed: true });
    expect(await admission.metrics()).toMatch(
      /reeve_admission_reviews_total\{outcome="exempt",why=""\} 2/,
    );
  });

  it('answers what is only tried, and keeps no trace of it', async () => {
    const tried = OPEN.replace('name: open', 'name: only-tried');
    expect(await ask(tried, { dryRun: true })).toMatchObject({ allowed: false });
    expect(admission.logged()).not.toContain('only-tried');
    expect(await ask(OPEN.replace('name: open', 'name: really'))).toMatchObject({ allowed: false });
    expect(admission.logged()).toContain('really');
  });

  it('refuses what is no review, and goes on', async () => {
    const json = { 'content-type': 'application/json' };
    const hostile: [string, string | Buffer, object, number, string][] = [
      ['no JSON', '{', {}, 400, 'admission/body-malformed'],
      ['nothing', '', {}, 400, 'admission/body-malformed'],
      ['something else', '{}', {}, 400, 'admission/review-malformed'],
      ['other bytes', Buffer.from([0xff, 0xfe, 0]), {}, 400, 'admission/body-malformed'],
      ['depth', '['.repeat(200_000), {}, 400, 'admission/body-malformed'],
      ['too much', ' '.repeat(9_000_000), {}, 413, 'admission/body-too-large'],
      ['another path', '{}', { path: '/' }, 404, 'admission/not-found'],
      ['another cluster', '{}', { path: '/validate/us-1' }, 404, 'admission/not-found'],
      ['another type', '{}', { headers: {} }, 415, 'admission/unsupported-media-type'],
      ['a GET', '', { method: 'GET', headers: json }, 400, 'admission/method-invalid'],
    ];
    for (const [what, body, options, status, code] of hostile) {
      const told = await askWebhook(admission.port, ca, body, options);
      expect([what, told.status, told.body]).toEqual([
        what,
        status,
        expect.objectContaining({ code }),
      ]);
    }
    expect(await ask(ONE)).toMatchObject({ allowed: true });
  });

  it('shows a certificate that no other authority verifies, for its own names only', async () => {
    const body = JSON.stringify(reviewOf(ONE));
    await expect(askWebhook(admission.port, undefined, body)).rejects.toThrow(/certificate/);
    await expect(
      askWebhook(admission.port, ca, body, { servername: 'other.example' }),
    ).rejects.toThrow(/other\.example/);
    const path = '/validate/eu-1';
    expect(await askWebhook(admission.port, ca, body, { path })).toMatchObject({ status: 200 });
  });

  it('lists what is there already that it would refuse', async () => {
    cluster.apply(OPEN);
    await vi.waitFor(async () => {
      expect(await admission.get('/api/v1/admission/audit')).toMatchObject({
        items: [
          {
            cluster: 'eu-1',
            leftOut: '',
            counts: { critical: 1, high: 1 },
            violations: [
              {
                rule: 'check/any-to-any',
                severity: 'critical',
                subject: 'payments',
                place: 'cluster eu-1: NetworkPolicy shop/open',
              },
              { rule: 'check/internet-exposure', severity: 'high' },
            ],
          },
        ],
      });
    }, WAIT);
    expect(await admission.metrics()).toMatch(
      /reeve_admission_standing\{cluster="eu-1",severity="critical"\} 1/,
    );
    cluster.remove('NetworkPolicy', 'shop', 'open');
    await vi.waitFor(async () => {
      expect(await admission.get('/api/v1/admission/audit')).toMatchObject({
        items: [{ counts: { critical: 0 } }],
      });
    }, WAIT);
  });

  it('shows the certificate of the next authority without a restart', async () => {
    const body = JSON.stringify(reviewOf(ONE));
    const { serial } = await askWebhook(admission.port, ca, body);
    const { items } = await admission.get<{
      items: { id: string; kind: string; status: string }[];
    }>('/api/v1/identity/authorities');
    const active = items.find(({ kind, status }) => kind === 'x509' && status === 'active');
    const path = `/api/v1/identity/authorities/${active?.id}/taint`;
    const asked = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const told = await admission.ask(path, {
      ...asked,
      body: JSON.stringify({ pace: 'urgent', reason: 'lost' }),
    });
    expect([told.status, await told.text()]).toEqual([
      expect.toBeOneOf([200, 202, 204]),
      expect.anything(),
    ]);
    await vi.waitFor(async () => {
      const later = await askWebhook(admission.port, await admission.bundle(), body);
      expect(later).toMatchObject({ status: 200 });
      expect(later.serial).not.toBe(serial);
    }, WAIT);
  });
});
