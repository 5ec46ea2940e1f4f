import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFixed, usesOf } from './references.ts';

const volume = (more: object) => ({ volumes: [{ name: 'v', ...more }] });
const SECRET = { secret: { secretName: 'db' } };
const PROJECTED = { projected: { sources: [{ configMap: {} }, { secret: { name: 'db' } }] } };
const mounted = (mount: object) => ({ containers: [{ volumeMounts: [{ name: 'v', ...mount }] }] });
const variable = { env: [{ valueFrom: { secretKeyRef: { name: 'db', key: 'k' } } }] };

describe('a pod', () => {
  it.each<[string, object, readonly string[], boolean]>([
    ['a variable', { containers: [{}, variable] }, ['env'], true],
    ['a variable of what runs first', { initContainers: [variable] }, ['env'], true],
    [
      'all of it as variables',
      { containers: [{ envFrom: [{ secretRef: { name: 'db' } }] }] },
      ['envFrom'],
      true,
    ],
    ['a volume', volume(SECRET), ['volume'], false],
    ['a part of a volume', volume(PROJECTED), ['projected'], false],
    ['a folder', { ...volume(SECRET), ...mounted({ mountPath: '/a' }) }, ['volume'], false],
    [
      'a file that is mounted alone',
      { ...volume(SECRET), ...mounted({ subPath: 'password' }) },
      ['volume', 'subPath'],
      true,
    ],
    [
      'a file whose name is made',
      { ...volume(PROJECTED), ...mounted({ subPathExpr: '$(A)' }) },
      ['projected', 'subPath'],
      true,
    ],
    [
      'a volume beside one of which a part is mounted',
      { ...volume(SECRET), ...mounted({ name: 'other', subPath: 'a' }) },
      ['volume'],
      false,
    ],
    ['a pull secret', { imagePullSecrets: [{ name: 'a' }, { name: 'db' }] }, ['imagePull'], false],
    ['a driver', volume({ csi: { nodePublishSecretRef: { name: 'db' } } }), ['driver'], true],
    ['a share', volume({ azureFile: { secretName: 'db' } }), ['driver'], true],
    [
      'several at once',
      { containers: [variable], ...volume(SECRET), imagePullSecrets: [{ name: 'db' }] },
      ['env', 'volume', 'imagePull'],
      true,
    ],
    ['nothing of it', { containers: [{ env: [{ name: 'db', value: 'db' }] }] }, [], false],
    ['a ConfigMap of that name', volume({ configMap: { name: 'db' } }), [], false],
  ])('uses a Secret as %s', (_, spec, uses, fixed) => {
    expect(usesOf(spec, 'db')).toEqual(uses);
    expect(isFixed(usesOf(spec, 'db'))).toBe(fixed);
    expect(usesOf(spec, 'd')).toEqual([]);
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (one, two) => {
        expect(usesOf(one, 'db')).toEqual([]);
        expect(usesOf({ containers: [one], volumes: [two] }, 'db').length).toBeLessThan(9);
      }),
    );
  });
});
