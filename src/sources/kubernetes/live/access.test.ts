import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubeconfigAccess } from './access.ts';

it('runs the program that finds credentials once for all who wait for them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'access-'));
  try {
    const [kubeconfig, runs] = [join(folder, 'kubeconfig'), join(folder, 'runs')];
    const program = `require('node:fs').appendFileSync(${JSON.stringify(runs)}, 'x');
      console.log(JSON.stringify({ status: { token: 'found', expirationTimestamp: new Date(0) } }))`;
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', program],
    };
    const config = {
      'current-context': 'a',
      clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1' } }],
      users: [{ name: 'a', user: { exec } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
    const access = await kubeconfigAccess({ kubeconfig });
    const all = await Promise.all([access.options(), access.options(), access.options()]);
    for (const { headers } of all) expect(headers).toEqual({ Authorization: 'Bearer found' });
    expect(readFileSync(runs, 'utf8')).toBe('x');
    await access.options();
    expect(readFileSync(runs, 'utf8')).toBe('xx');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
