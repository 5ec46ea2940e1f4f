import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OTHERS, scanWith, temporaryFolder } from './support/found.ts';
import { OVERLAYS } from './support/overlays.ts';
import { goProgram, isMissing } from './support/tools.ts';

const kustomize = goProgram('kustomize', 'sigs.k8s.io/kustomize/kustomize/v5', 'v5.7.1');
const folders: { readonly remove: () => void }[] = [];
afterAll(() => {
  for (const folder of folders) folder.remove();
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(files);
  folders.push(folder);
  return folder.path;
}

function buildOf(folder: string): string {
  const result = spawnSync(`${kustomize.path}/kustomize`, ['build', folder], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`kustomize build failed: ${result.stderr}`);
  return result.stdout;
}

/** Kustomize appends a hash of the content to the names that it generates, which are then other names
 *  with every change; our own reading keeps those that people wrote. */
const comparable = ({ found }: ReturnType<typeof scanWith>) => ({
  ...found,
  credentials: found.credentials.map((line) => line.replace(/-[0-9a-z]{10}(?=[/ ])/, '')),
});

describe.skipIf(isMissing('Kustomize', kustomize))('a kustomization', () => {
  it.each(Object.entries(OVERLAYS))('of %s is read as Kustomize builds it', (_, overlay) => {
    const root = folderOf({ ...overlay.files, 'others.yaml': OTHERS });
    const own = scanWith(undefined, root);
    expect(own.diagnostics).toEqual([]);
    const built = folderOf({
      'all.yaml': buildOf(join(root, overlay.build)),
      'others.yaml': OTHERS,
    });
    const reference = scanWith(undefined, built);
    expect(reference.found.services.length).toBeGreaterThan(0);
    expect(reference.found.calls.length).toBeGreaterThan(0);
    expect(comparable(own)).toEqual(comparable(reference));
  });

  it('that our own reading cannot follow is built by the Kustomize on the search path', () => {
    const root = folderOf({
      'kustomization.yaml': `resources: [all.yaml]
replacements:
  - source: { kind: ConfigMap, name: names, fieldPath: data.host }
    targets:
      - select: { kind: Deployment, name: web }
        fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=ORDERS_URL].value"]
        options: { delimiter: "/", index: 2 }
`,
      'all.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: names }
data: { host: orders }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { template: { spec: { containers: [{ name: web, image: a/web, env: [{ name: ORDERS_URL, value: "http://placeholder/v1" }] }] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec: { template: { spec: { containers: [{ name: orders, image: a/orders }] } } }
`,
    });
    const own = scanWith(undefined, root);
    expect(own.diagnostics).toMatchObject([{ code: 'kubernetes/kustomization-incomplete' }]);
    const byTool = scanWith(kustomize.path, root);
    expect(byTool.diagnostics).toEqual([]);
    const built = folderOf({ 'all.yaml': buildOf(root) });
    expect(comparable(byTool)).toEqual(comparable(scanWith(undefined, built)));
    expect(byTool.found.calls).toContain('test/default/web -> test/default/orders *');
  });
});
