import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { CHARTS } from './support/charts.ts';
import { OTHERS, scanWith, temporaryFolder } from './support/found.ts';
import { goProgram, isMissing } from './support/tools.ts';

const helm = goProgram('helm', 'helm.sh/helm/v3/cmd/helm', 'v3.22.0');
const folders: { readonly remove: () => void }[] = [];
afterAll(() => {
  for (const folder of folders) folder.remove();
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(files);
  folders.push(folder);
  return folder.path;
}

/** What Helm installs with the chart's own values, its name as the release's. */
function templateOf(chart: string, name: string): string {
  const words = ['template', name, chart, '--namespace', 'default', '--skip-tests'];
  const result = spawnSync(`${helm.path}/helm`, words, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`helm template failed: ${result.stderr}`);
  return result.stdout;
}

describe.skipIf(isMissing('Helm', helm))('a chart', () => {
  it.each(Object.entries(CHARTS))('of %s is read as Helm renders it', (_, files) => {
    const name = /^name: (.*)$/m.exec(files['Chart.yaml'] ?? '')?.[1] ?? '';
    const chart = folderOf({ ...files, 'others.yaml': OTHERS });
    const own = scanWith(undefined, chart);
    expect(own.diagnostics).toEqual([]);
    const rendered = folderOf({
      'all.yaml': templateOf(chart, name),
      'others.yaml': OTHERS,
    });
    const reference = scanWith(undefined, rendered);
    expect(reference.found.services.length).toBeGreaterThan(0);
    expect(reference.found.calls.length).toBeGreaterThan(0);
    expect(own.found).toEqual(reference.found);
  });

  it('that our own reading cannot follow is rendered by the Helm on the search path', () => {
    const chart = folderOf({
      'Chart.yaml': 'apiVersion: v2\nname: odd\nversion: 1.0.0\n',
      'values.yaml': 'name: odd\n',
      'templates/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Values.name }}-{{ adler32sum .Values.name }} }
spec: { template: { spec: { containers: [{ name: a, image: a/odd, env: [{ name: WEB_URL, value: "http://web:80" }] }] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { template: { spec: { containers: [{ name: web, image: a/web }] } } }
`,
    });
    const own = scanWith(undefined, chart);
    expect(own.diagnostics).toMatchObject([{ code: 'kubernetes/chart-incomplete' }]);
    const byHelm = scanWith(helm.path, chart);
    expect(byHelm.diagnostics).toEqual([]);
    const rendered = folderOf({ 'all.yaml': templateOf(chart, 'odd') });
    expect(byHelm.found).toEqual(scanWith(undefined, rendered).found);
    expect(byHelm.found.services.join()).toContain('odd-');
  });
});
