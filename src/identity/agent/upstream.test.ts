import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certifierOf, post } from '../authority/index.ts';
import { splitCertificates, toPem } from '../x509/index.ts';
import { testAuthority } from '../x509/testing/authority.ts';
import { ecKey } from '../x509/testing/keys.ts';
import { AgentRig, type X509Answer } from './testing/agent.ts';
import { ServerRig } from './testing/server.ts';

const DAY = 86_400_000;

let folder: string;
let server: ServerRig;
let rig: AgentRig;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-upstream-'));
  server = await ServerRig.start({
    certify: certifierOf({ kind: 'disk', ...writeRoot() }, post, randomFillSync),
  });
  rig = new AgentRig(server);
});
afterEach(async () => {
  await rig.remove();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A root on disk that certifies authorities. */
function writeRoot() {
  const times = { notBefore: Date.now() - DAY, notAfter: Date.now() + 30 * DAY };
  const key = ecKey();
  const { certificate } = testAuthority('example.org', { ...times, key });
  const [certificateFile, keyFile] = [join(folder, 'root.pem'), join(folder, 'root.key')];
  writeFileSync(certificateFile, toPem('CERTIFICATE', certificate.der));
  writeFileSync(keyFile, key.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return { certificateFile, keyFile };
}

describe('below an upstream', () => {
  it('an agent and its server know each other by chains of several certificates', async () => {
    server.register({ selectors: [`unix:uid:${process.getuid?.()}`] });
    await rig.join('node-1');
    const { svids } = await rig.workload().stream('FetchX509SVID').next<X509Answer>();
    expect(splitCertificates(svids[0]?.x509_svid ?? Buffer.alloc(0), 10).length).toBe(2);
    await rig.stop();
    await rig.start();
    await rig.until('connected');
  });
});
