import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import type { PolicyCase } from '../../estate/index.ts';
import { readFolder } from '../read.ts';
import { policyTests } from './index.ts';

const TEST = `apiVersion: reeve.dev/v1
kind: PolicyTest
spec:
  cases:
    - name: the shop sells
      allow:
        - web -> orders POST /orders
        - shop/web -> orders GET /orders/{id}
    - deny: reviews -> payments POST /v1/charges
      proof: token
      evenIfDeclared: true
      reason: call-undeclared
`;

function read(text: string, name = 'reeve-test.yaml') {
  const root = mkdtempSync(join(tmpdir(), 'policy-tests-'));
  try {
    writeFileSync(join(root, name), text);
    let cases: readonly PolicyCase[] = [];
    const { diagnostics } = readFolder(new Folder(root), [
      policyTests((found) => {
        cases = found;
      }),
    ]);
    return { cases, diagnostics };
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('tests of policy', () => {
  it('are cases, one a call, each with its place', () => {
    const { cases, diagnostics } = read(TEST);
    expect(diagnostics).toEqual([]);
    const at = (line: number, column: number) => ({
      ...{ reader: 'policy-tests', how: 'declared', file: 'reeve-test.yaml', line, column },
    });
    expect(cases).toEqual([
      {
        ...{ name: 'the shop sells', expect: 'allow', from: 'web', to: 'orders', proof: 'mtls' },
        ...{ operation: 'POST /orders', source: at(7, 11) },
      },
      {
        ...{ name: 'the shop sells', expect: 'allow', from: 'shop/web', to: 'orders' },
        ...{ proof: 'mtls', operation: 'GET /orders/{id}', source: at(8, 11) },
      },
      {
        ...{ name: 'reviews -> payments POST /v1/charges', expect: 'deny', from: 'reviews' },
        ...{ to: 'payments', operation: 'POST /v1/charges', proof: 'token' },
        ...{ evenIfDeclared: true, reason: 'call-undeclared', source: at(9, 13) },
      },
    ]);
  });

  it.each(['reeve-test.yml', 'payments.reeve-test.yaml'])('stand in %s', (name) => {
    expect(read(TEST, name).cases).toHaveLength(3);
  });

  it.each([
    ['web -> orders post /a/../b', 1],
    ['nobody -> orders GET //x%2e', 1],
    ['web -> orders payments.v1.Cards/Charge', 1],
    ['web -> orders QUERY order', 1],
    ['web orders POST /orders', 0],
    ['web -> orders', 0],
    ['web -> orders POST orders', 0],
  ])('know %s for %i call', (call, count) => {
    const { cases, diagnostics } = read(
      `apiVersion: reeve.dev/v1\nkind: PolicyTest\nspec: { cases: [ { deny: "${call}" } ] }\n`,
    );
    expect([cases.length, diagnostics.length]).toEqual([count, 1 - count]);
  });

  it.each([
    [
      'deny: reviews',
      'allow: web -> orders GET /x\n      deny: reviews',
      'must have either `allow` or `deny`',
    ],
    ['deny: reviews', 'allow: reviews', 'must have `deny` where it has `evenIfDeclared`'],
    ['proof: token', 'proof: word', 'must be `mtls` or `token`'],
    ['cases:', 'case:', 'is missing'],
  ])('with %s as %s are told', (from, to, message) => {
    const { diagnostics } = read(TEST.replace(from, to));
    expect(diagnostics[0]?.message).toContain(message);
    expect(diagnostics[0]).toMatchObject({ file: 'reeve-test.yaml', line: expect.any(Number) });
  });
});
