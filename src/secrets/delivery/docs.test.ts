import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseYaml } from '../../base/data.ts';
import { listAt, pick } from '../../base/pick.ts';
import { DeliveryTarget } from '../model/index.ts';
import { DeliveryConfig } from './index.ts';

const guide = readFileSync('docs/secret-delivery.md', 'utf8');
const blocks = [...guide.matchAll(/```yaml\n([^`]+)```/g)].flatMap(([, text = '']) =>
  parseYaml(text).documents.map(({ value }) => value),
);

it('the guide shows targets that can be delivered to', () => {
  const targets = blocks.flatMap((block) =>
    Array.isArray(block) ? block : listAt(block, 'deliver'),
  );
  const read = targets.map((target) => DeliveryTarget.parse(target));
  expect(read.map(({ kind }) => kind)).toEqual(['kubernetes', 'kv', 'file']);
});

it('the guide shows a configuration in which its file may be written', () => {
  const given = blocks.map((block) => pick(block, 'secrets', 'delivery')).find(Boolean);
  const { folders, reloads } = DeliveryConfig.parse(given).files;
  expect(folders).toEqual(['/etc/orders/secrets']);
  expect(Object.keys(reloads)).toEqual(['orders', 'proxy']);
});

it('the guide shows the rights of the manifest', () => {
  const manifest = parseYaml(readFileSync('deploy/kubernetes/secret-delivery.yaml', 'utf8'));
  const rules = blocks.map((block) => pick(block, 'rules')).find(Boolean);
  expect(rules).toEqual(pick(manifest.documents[0]?.value, 'rules'));
});
