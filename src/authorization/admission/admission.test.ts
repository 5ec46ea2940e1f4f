import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { Violation } from '../check/index.ts';
import {
  AdmissionConfig,
  exemption,
  readReview,
  toAdmissionAnswer,
  unjudged,
  verdictOf,
  webhookManifests,
} from './index.ts';

const POLICY = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'open', namespace: 'shop' },
  spec: { podSelector: {} },
};
const review = (said: object = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u1',
    kind: { group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy' },
    resource: { group: 'networking.k8s.io', version: 'v1', resource: 'networkpolicies' },
    name: 'open',
    namespace: 'shop',
    operation: 'CREATE',
    object: POLICY,
    oldObject: null,
    userInfo: { username: 'anna', groups: ['system:authenticated'] },
    ...said,
  },
});

describe('a review', () => {
  it('says what becomes of an object', () => {
    expect(readReview(review({ dryRun: true }))).toEqual({
      ...{ uid: 'u1', operation: 'CREATE', dryRun: true, subresource: undefined },
      ...{ group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy' },
      ...{ plural: 'networkpolicies', namespace: 'shop', name: 'open', object: POLICY },
      ...{ username: 'anna', oldObject: undefined },
    });
  });

  it('has no object where one is deleted', () => {
    const deleted = review({ operation: 'DELETE', object: null, oldObject: POLICY });
    expect(readReview(deleted)).toMatchObject({ operation: 'DELETE', object: undefined });
  });

  it.each([
    ['a name that is made later', { name: undefined, generateName: 'job-' }, '', 'job-generated'],
    ['a name that only the request has', { name: undefined }, 'asked', 'asked'],
    ['a name of its own', { name: 'own' }, '', 'own'],
  ])('gives an object %s', (_, metadata, name, want) => {
    const read = readReview(review({ name, object: { ...POLICY, metadata } }));
    expect(read).toMatchObject({
      name: want,
      object: { metadata: { name: want, namespace: 'shop' } },
    });
  });

  const deep = JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`) as object;
  it.each<[string, unknown, string]>([
    ['nothing', null, 'no AdmissionReview'],
    ['another version', { ...review(), apiVersion: 'admission.k8s.io/v1beta1' }, 'no Admission'],
    ['no request', { ...review(), request: 'x' }, 'has no `request`'],
    ['no uid', review({ uid: '' }), 'has no `uid`'],
    ['a uid that is a list', review({ uid: ['u'] }), '`uid` is no text'],
    ['another operation', review({ operation: 'EAT' }), '`EAT` is no operation'],
    ['no object', review({ object: null }), 'has no `object`'],
    ['an object without an end', review({ object: deep }), 'deeper than 120 levels'],
    ['a name without an end', review({ namespace: 'x'.repeat(300) }), 'at most 253 characters'],
  ])('with %s is refused', (_, value, message) => {
    expect(() => readReview(value)).toThrow(message);
  });

  it('is read or refused with a fault, whatever it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (said, value) => {
        for (const one of [value, review(said), review({ object: value, kind: value })]) {
          try {
            expect(readReview(one).uid).toEqual(expect.any(String));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault);
          }
        }
      }),
    );
  });
});

describe('what is judged', () => {
  const config = AdmissionConfig.parse({ excludedNamespaces: ['kube-system', 'mesh'] });
  const kind = (group: string, name: string) => ({ kind: { group, version: 'v1', kind: name } });
  it.each<[string, object, ReturnType<typeof exemption>]>([
    ['a policy', {}, undefined],
    ['a policy of everything', { namespace: '' }, undefined],
    ["what is in Reeve's own namespace", { namespace: 'reeve' }, 'namespace'],
    ['what is in an excluded one', { namespace: 'mesh' }, 'namespace'],
    [
      'an excluded namespace itself',
      { ...kind('', 'Namespace'), name: 'mesh', object: {} },
      'namespace',
    ],
    ['the state of an object', { subResource: 'status' }, 'operation'],
    [
      'containers that are added to a pod',
      { ...kind('', 'Pod'), subResource: 'ephemeralcontainers' },
      undefined,
    ],
    ['a connection', { operation: 'CONNECT' }, 'operation'],
    ['a Secret, whose values are not wanted', kind('', 'Secret'), 'kind'],
    ['a kind of another group', kind('example.org', 'NetworkPolicy'), 'kind'],
  ])('%s', (_, said, want) => {
    expect(exemption(readReview(review(said)), config)).toBe(want);
  });
});

describe('a verdict', () => {
  const violation = (
    severity: Violation['severity'],
    said: Partial<Violation> = {},
  ): Violation => ({
    ...{ rule: 'check/any-to-any', severity, subject: 'payments', place: undefined },
    ...{ message: 'every workload newly reaches payments', newlyReaches: ['TCP 80 of payments'] },
    ...said,
  });
  const config = (said: object = {}) => AdmissionConfig.parse({ mode: 'deny', ...said });

  it.each<[string, object, Violation['severity'], boolean, string]>([
    ['denies what is severe', {}, 'high', false, 'denied'],
    ['warns of what is less', {}, 'medium', true, 'warned'],
    ['says nothing of what is only new', {}, 'info', true, 'allowed'],
    ['tells that, where it is wanted', { warnFrom: 'info' }, 'info', true, 'warned'],
    ['denies from where it is told to', { denyFrom: 'low' }, 'low', false, 'denied'],
    [
      'never denies by a rule that must not',
      { rules: { 'check/any-to-any': 'never' } },
      'critical',
      true,
      'warned',
    ],
    ['denies by one rule sooner', { rules: { 'check/any-to-any': 'low' } }, 'low', false, 'denied'],
    ['denies nothing where it only warns', { mode: 'warn' }, 'critical', true, 'warned'],
    ['keeps silent', { mode: 'warn', warnFrom: 'never' }, 'critical', true, 'allowed'],
  ])('%s', (_, said, severity, allowed, outcome) => {
    const verdict = verdictOf({ violations: [violation(severity)] }, config(said));
    expect(verdict).toMatchObject({ allowed, outcome });
    expect(verdict.message !== '').toBe(!allowed);
    expect(verdict.warnings.length > 0).toBe(outcome === 'warned');
  });

  it('says what is newly reached, and by which rule that is wrong', () => {
    expect(verdictOf({ violations: [violation('high')] }, config()).message).toBe(
      'reeve: every workload newly reaches payments (newly reached: TCP 80 of payments) [check/any-to-any]',
    );
  });

  it('fits into what API servers pass on, however much is wrong', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2_000 }), { maxLength: 40 }), (messages) => {
        const violations = messages.map((message) => violation('low', { message }));
        const { warnings } = verdictOf({ violations }, config());
        expect(warnings.length).toBeLessThanOrEqual(10);
        for (const warning of warnings) {
          expect(warning.length).toBeLessThanOrEqual(120);
          expect(warning).not.toMatch(/\p{Cc}/u);
        }
        const denied = verdictOf({ violations }, config({ denyFrom: 'low' }));
        expect(denied.message.length).toBeLessThanOrEqual(2_000);
      }),
    );
  });

  it('is that of the configuration where nobody could judge', () => {
    expect(unjudged('late', 'allow')).toMatchObject({
      ...{ allowed: true, outcome: 'unjudged' },
      warnings: ['reeve: not judged: it took too long to judge what this newly allows'],
    });
    expect(unjudged('busy', 'deny')).toMatchObject({ allowed: false, outcome: 'unjudged' });
  });

  it('is answered with the uid that was asked about', () => {
    const denied = unjudged('failed', 'deny');
    expect(toAdmissionAnswer('u1', denied)).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: {
        ...{ uid: 'u1', allowed: false },
        status: { code: 403, reason: 'Forbidden', message: denied.message },
      },
    });
  });
});

describe('the configuration', () => {
  it.each<[string, object, string]>([
    [
      'no proof of who asks beyond loopback',
      { host: '0.0.0.0' },
      'clientAuthorityFile or tokenFile',
    ],
    ['a rule that there is not', { rules: { 'check/nothing': 'low' } }, 'rules'],
    ['a namespace that is none', { namespace: 'Shop!' }, 'name of Kubernetes'],
    ['longer than API servers wait', { timeoutSeconds: 31 }, '30'],
  ])('is refused with %s', (_, said, message) => {
    const { error } = AdmissionConfig.safeParse(said);
    expect(JSON.stringify(error?.issues)).toContain(message);
  });

  it('may listen to other machines where callers prove who they are', () => {
    expect(AdmissionConfig.parse({ host: '0.0.0.0', tokenFile: '/token' }).host).toBe('0.0.0.0');
  });
});

it('the manifests ask a Service, or an address', () => {
  const manifest = {
    ...{
      name: 'reeve-admission',
      namespace: 'reeve',
      excludedNamespaces: ['kube-system', 'reeve'],
    },
    ...{ url: undefined, cluster: 'eu-1', caBundle: 'PEM', timeoutSeconds: 5 },
    failurePolicy: 'Fail',
  } as const;
  const text = webhookManifests(manifest);
  expect(text).toContain(
    'service: { name: reeve-admission, namespace: reeve, port: 443, path: /validate/eu-1 }',
  );
  expect(text).toContain(`caBundle: ${Buffer.from('PEM').toString('base64')}`);
  expect(text).toContain('values: [reeve, kube-system] }');
  expect(text).toContain('kind: Service\n');
  // anybody can write that a pod has a controller
  expect(text).toContain("!(request.userInfo.username == 'system:kube-controller-manager' ||");
  const asked = webhookManifests({ ...manifest, url: 'https://localhost:7443/' });
  expect(asked).toContain('url: "https://localhost:7443/validate/eu-1"');
  expect(asked).not.toContain('kind: Service\n');
});
