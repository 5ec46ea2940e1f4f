import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { parseYaml } from '../../base/data.ts';
import { pick, textAt } from '../../base/pick.ts';
import { type ManifestsFlags, manifests } from './manifests.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-manifests-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => void vi.restoreAllMocks());

const flags: ManifestsFlags = {
  ...{ name: 'reeve-admission', namespace: 'reeve', exclude: ['kube-system'], timeout: 7 },
  ...{ caBundle: false, mode: 'warn', fail: false, output: join(folder, 'admission.yaml') },
  ...{ server: 'http://127.0.0.1:1', data: folder },
};

async function written(said: Partial<ManifestsFlags>) {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  await manifests({ ...flags, ...said });
  const { documents } = parseYaml(readFileSync(flags.output ?? '', 'utf8'));
  const kinds = documents.map(({ value }) => textAt(value, 'kind'));
  const webhook = pick(documents[0]?.value, 'webhooks', 0);
  return { kinds, webhook, told: error.mock.calls.flat().join('\n') };
}

describe('reeve admission manifests', () => {
  it('writes YAML that registers the webhook, with the Service and the rights that it needs', async () => {
    const { kinds, webhook, told } = await written({});
    const rights = ['ClusterRole', 'ClusterRoleBinding'];
    expect(kinds).toEqual(['ValidatingWebhookConfiguration', ...rights, 'Service']);
    expect(webhook).toMatchObject({
      ...{ sideEffects: 'None', admissionReviewVersions: ['v1'], timeoutSeconds: 7 },
      ...{ failurePolicy: 'Ignore', clientConfig: { service: { path: '/validate' } } },
      namespaceSelector: {
        matchExpressions: [{ operator: 'NotIn', values: ['reeve', 'kube-system'] }],
      },
    });
    expect(told).toBe('');
  });

  it('warns where everybody may be locked out, and where nobody is kept out', async () => {
    const failing = await written({ fail: true, url: 'https://localhost:7443', cluster: 'eu-1' });
    expect(failing.webhook).toMatchObject({
      failurePolicy: 'Fail',
      clientConfig: { url: 'https://localhost:7443/validate/eu-1' },
    });
    const oneLine = (told: string) => told.replace(/\s+/g, ' ');
    expect(oneLine(failing.told)).toContain(
      'kubectl delete validatingwebhookconfiguration reeve-admission',
    );
    const ignoring = await written({ mode: 'deny' });
    expect(oneLine(ignoring.told)).toContain('taken unjudged while Reeve is away');
    for (const line of `${failing.told}\n${ignoring.told}`.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it.each<[string, Partial<ManifestsFlags>, string]>([
    ['a name that is none', { namespace: 'a: b' }, 'admission/name-malformed'],
    ['an address without TLS', { url: 'http://localhost:7443' }, 'admission/url-malformed'],
    ['an address with a query', { url: 'https://localhost/?a' }, 'admission/url-malformed'],
    ['no token of the server', { caBundle: true }, 'client/unauthenticated'],
  ])('is refused with %s', async (_, said, code) => {
    await expect(manifests({ ...flags, ...said })).rejects.toMatchObject({ code });
  });
});
