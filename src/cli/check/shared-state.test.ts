import { describe, expect, it } from 'vitest';
import { check, DEFAULT_CHECK_OPTIONS } from '../../authorization/check/index.ts';
import { toState } from '../../server/check-state.ts';
import { readPolicy } from '../../server/policy-of-folder.ts';
import { SharedFiles } from '../../sources/index.ts';
import { Repository } from './testing/repository.ts';

const OPTIONS = {
  environment: 'production',
  trustDomains: ['example.org'],
  fingerprintKey: Buffer.alloc(32, 1),
  now: Date.parse('2027-01-31'),
};

/** Of a whole folder, with what another state has read or without. */
const stateOf = (folder: string, shared?: SharedFiles) =>
  toState(readPolicy(folder, { ...OPTIONS, shared }));

describe('two states that are read after one another', () => {
  it.each([
    ['a declaration', { 'reviews/reeve.yaml': 'apiVersion: reeve.dev/v1\nkind: Service\n' }],
    ['objects', { 'k8s/shop.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' }],
    ['a guardrail', { 'guardrails.cedar': 'forbid(principal, action, resource);\n' }],
    ['a broken file', { 'payments/k8s.yaml': 'a: [\n' }],
  ])('are what they are apart, and so is what has changed: %s', (_, files) => {
    const [before, after] = [Repository.ofShop(), Repository.ofShop()];
    try {
      after.write(files);
      const [base, head] = [stateOf(before.root), stateOf(after.root)];
      const shared = new SharedFiles();
      const sharedHead = stateOf(after.root, shared);
      const sharedBase = stateOf(before.root, shared);
      expect(sharedHead).toEqual(head);
      expect(sharedBase).toEqual(base);
      const changes = check(base, head, DEFAULT_CHECK_OPTIONS);
      expect(check(sharedBase, sharedHead, DEFAULT_CHECK_OPTIONS)).toEqual(changes);
      expect(changes.changes.length + changes.violations.length).toBeGreaterThan(0);
    } finally {
      before.remove();
      after.remove();
    }
  });
});
