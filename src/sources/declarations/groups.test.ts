import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import type { PolicySources } from '../../estate/index.ts';
import { readFolder } from '../read.ts';
import { declarations, policySources } from './index.ts';

function read(files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'groups-'));
  try {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
    let sources: PolicySources | undefined;
    const reading = readFolder(new Folder(root), [
      declarations,
      policySources((said) => {
        sources = said;
      }),
    ]);
    return { ...reading, sources };
  } finally {
    rmSync(root, { recursive: true });
  }
}

const GROUP = `apiVersion: reeve.dev/v1
kind: Group
metadata: { name: pci }
spec:
  services: [payments, shop/orders]
  groups: [vaults]
`;
const at = (line: number, column: number) => ({
  reader: 'declarations',
  how: 'declared',
  file: 'reeve.yaml',
  line,
  column,
});

describe('policy sources', () => {
  it('are guardrails as they are written, and groups with the place of each member', () => {
    const { sources, diagnostics, observations } = read({
      'reeve.yaml': GROUP,
      'pci.cedar': 'forbid (principal, action, resource);',
    });
    expect(diagnostics).toEqual([]);
    expect(observations).toEqual([]);
    expect(sources).toEqual({
      guardrails: [{ path: 'pci.cedar', text: 'forbid (principal, action, resource);' }],
      groups: [
        {
          name: 'pci',
          services: [
            { name: 'payments', source: at(5, 14) },
            { namespace: 'shop', name: 'orders', source: at(5, 24) },
          ],
          groups: [{ name: 'vaults', source: at(6, 12) }],
          source: at(3, 13),
        },
      ],
    });
  });

  it('stand beside declarations in one file', () => {
    const { sources, observations } = read({
      'reeve.yaml': `${GROUP}---\napiVersion: reeve.dev/v1\nkind: Service\nmetadata: { name: a }\n`,
    });
    expect(sources?.groups.map(({ name }) => name)).toEqual(['pci']);
    expect(observations).toMatchObject([
      { kind: 'service', subject: { name: 'a' } },
      // the folder is that of the one service
      { kind: 'component', service: { name: 'a' } },
    ]);
  });

  it.each([
    ['shop/orders]', 'a/b/c]', '`spec.services.1` must read like `orders` or `shop/orders`'],
    ['groups', 'grops', '`grops` is no key of `spec`'],
    ['name: pci', 'nam: pci', '`metadata.name` is missing: it must be a text'],
  ])('with %s as %s are told with their place', (from, to, message) => {
    const { diagnostics } = read({ 'reeve.yaml': GROUP.replace(from, to) });
    expect(diagnostics.map((one) => one.message)).toContain(message);
    expect(diagnostics[0]).toMatchObject({ file: 'reeve.yaml', line: expect.any(Number) });
  });

  it('with what is wrong tell that, too', () => {
    const { sources } = read({ 'reeve.yaml': GROUP.replace('shop/orders]', 'a/b/c]') });
    expect(sources?.groups).toMatchObject([
      {
        name: 'pci',
        services: [{ name: 'payments' }],
        problem: '`spec.services.1` must read like `orders` or `shop/orders`',
      },
    ]);
    expect(sources?.groupsUnread).toBeUndefined();
  });

  it.each([
    ['without a name', GROUP.replace('name: pci', 'nam: pci'), 'a group in it has no name'],
    ['in a file that is broken', `${GROUP}  - ]`, expect.any(String)],
  ])('%s are none, and their file is one that was not read whole', (_what, text, why) => {
    const { sources } = read({ 'reeve.yaml': text });
    expect(sources?.groups).toEqual([]);
    expect(sources?.groupsUnread).toEqual([{ file: 'reeve.yaml', why }]);
  });
});
