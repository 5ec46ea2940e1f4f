import { expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../base/log.ts';
import {
  AttestationConfig,
  createAttestors,
  machinePorts,
} from '../../identity/attestation/index.ts';
import { memoryJoinTokens } from '../../identity/attestation/join-token/testing/memory-store.ts';
import {
  claimsAt,
  ISSUER,
  JWKS,
  tokenOf,
} from '../../identity/attestation/kubernetes/testing/cluster.ts';
import { keepTokenClusters, TokenClusterConfig } from './token-clusters.ts';

const NOW = Date.UTC(2027, 0, 1);
const clock = () => NOW;

it('tokens of a configured cluster prove what a pod is, while another one does not answer', async () => {
  const settings = [{ name: 'away' }, { name: 'eu-1', verifiedBy: 'keys', audience: 'reeve' }];
  const kept = keepTokenClusters(
    settings.map((one) => TokenClusterConfig.parse(one)),
    (name) => ({
      get: async (path) => {
        if (name === 'away') return new Promise(() => {});
        return path === '/openid/v1/jwks' ? JWKS : { issuer: ISSUER };
      },
      post: () => Promise.reject(new Error('nobody is asked')),
    }),
    { clock, log: createLog('silent') },
  );
  onTestFinished(() => kept.close());
  await expect.poll(() => kept.clusters()).toMatchObject([{ name: 'eu-1', issuer: ISSUER }]);
  const config = AttestationConfig.parse({});
  const { kubernetes } = createAttestors(
    {
      clock,
      workload: machinePorts(config),
      clusters: kept.clusters,
      joinTokens: memoryJoinTokens(),
    },
    config,
  );
  const token = tokenOf({ ...claimsAt(NOW), aud: ['reeve'] });
  expect(await kubernetes.attest({ token })).toMatchObject({
    kind: 'attested',
    selectors: expect.arrayContaining(['k8s:cluster:eu-1']),
  });
  const other = tokenOf({ ...claimsAt(NOW), aud: ['another'] });
  expect(await kubernetes.attest({ token: other })).toMatchObject({ kind: 'refused' });
});
