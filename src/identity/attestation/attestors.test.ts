import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSelector } from '../registration/index.ts';
import { attested, toRefused, unavailable } from './attestation.ts';
import { AttestationConfig } from './config.ts';
import {
  type AttestorPorts,
  createAttestors,
  machinePorts,
  makeJoinToken,
  type Peer,
} from './index.ts';
import { memoryJoinTokens } from './join-token/testing/memory-store.ts';
import { CLUSTER, claimsAt, tokenOf } from './kubernetes/testing/cluster.ts';
import { timely } from './timely.ts';

const NOW = Date.UTC(2027, 0, 1);
const config = AttestationConfig.parse({});
const joinTokens = memoryJoinTokens();
const PORTS: AttestorPorts = {
  clock: () => NOW,
  workload: machinePorts(config),
  clusters: () => [CLUSTER],
  joinTokens,
};
const attestors = createAttestors(PORTS, config);
const mine: Peer = {
  pid: process.pid,
  uid: process.geteuid?.() ?? 0,
  gid: process.getegid?.() ?? 0,
  hasEnded: () => false,
  release: () => {},
};

describe('the table of attestors', () => {
  it('has bounds and words for each', () => {
    expect(Object.keys(attestors)).toEqual(['workload', 'kubernetes', 'join-token']);
    for (const { activity, timeoutMs } of Object.values(attestors)) {
      expect(activity).toMatch(/^\w+ing (at )?the /);
      expect(timeoutMs).toBe(5_000);
    }
  });

  it('attests a token and a join token, and a process where there are any', async () => {
    const made = makeJoinToken(
      { agent: 'spiffe://example.org/reeve/agent/a', ttlSeconds: 60 },
      { trustDomain: 'example.org', by: 'ada', now: NOW, maxTtlSeconds: 60, randomBytes },
    );
    await joinTokens.add(made.record);
    const results = await Promise.all([
      attestors.kubernetes.attest({ token: tokenOf(claimsAt(NOW)) }),
      attestors['join-token'].attest({ token: made.token, from: 'a' }),
      ...(process.platform === 'linux' ? [attestors.workload.attest(mine)] : []),
    ]);
    for (const result of results) {
      expect(result.kind).toBe('attested');
      if (result.kind !== 'attested') continue;
      expect(result.selectors.length).toBeGreaterThan(0);
      expect(result.selectors.every(isSelector)).toBe(true);
      expect([...result.selectors].sort()).toEqual(result.selectors);
    }
  });

  it('gives refusals as values', async () => {
    expect(await attestors.kubernetes.attest({ token: 'x' })).toEqual({
      kind: 'refused',
      code: 'identity/attestation-forbidden/token-malformed',
      because: 'the token does not have three parts, or its header or claims are empty',
    });
    expect(await attestors['join-token'].attest({ token: 'x', from: 'a' })).toEqual({
      kind: 'refused',
      code: 'identity/attestation-forbidden/join-token-malformed',
      because: 'this is not a join token: those begin with reeve_join_ and have 54 characters',
    });
  });

  it.runIf(process.platform === 'linux')('tells who ended', async () => {
    // Beyond the largest pid that Linux can have.
    expect(await attestors.workload.attest({ ...mine, pid: 2 ** 22 + 1 })).toMatchObject({
      code: 'identity/attestation-forbidden/workload-ended',
    });
  });

  it('does not hide a fault of its own', async () => {
    const broken = createAttestors(
      {
        ...PORTS,
        clusters: () => {
          throw new TypeError('a mistake');
        },
      },
      config,
    );
    const result = broken.kubernetes.attest({ token: tokenOf(claimsAt(NOW)) });
    await expect(result).rejects.toThrow('a mistake');
  });

  it('gives up on a cluster that does not answer, and tells it so', async () => {
    let told: unknown;
    const silent = {
      ...CLUSTER,
      by: (_token: string, _audiences: readonly string[], signal: AbortSignal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            told = signal.reason;
            reject(new Error('aborted'));
          });
        }),
    };
    const impatient = createAttestors(
      { ...PORTS, clusters: () => [silent] },
      AttestationConfig.parse({ kubernetes: { timeoutMs: 100 } }),
    );
    expect(await impatient.kubernetes.attest({ token: tokenOf(claimsAt(NOW)) })).toEqual({
      kind: 'refused',
      code: 'identity/attestation-unavailable/timeout',
      because: 'judging the service account token took longer than 100 ms',
    });
    expect(told).toBeTruthy();
  });
});

describe('what was attested', () => {
  it('has each selector once, and a note for a value that no selector holds', () => {
    const { selectors, notes } = attested(
      {},
      [
        ['unix', 'uid', 7],
        ['unix', 'uid', 7],
        ['unix', 'path', '/a\nb'],
        ['k8s', 'sa', 'a'],
      ],
      ['first'],
    );
    expect(selectors).toEqual(['k8s:sa:a', 'unix:uid:7']);
    expect(notes).toEqual(['first', 'unix:path is left out: no selector holds its value']);
  });

  it('is a refusal only of a Fault of attestation', () => {
    expect(toRefused(unavailable('x', 'why', { hint: 'do that' })).because).toBe('why: do that');
    expect(() => toRefused(new Error('a mistake'))).toThrow('a mistake');
  });

  it('in time is given on, and so is what goes wrong', async () => {
    expect(await timely(60_000, 'it', async () => 7)).toBe(7);
    await expect(timely(60_000, 'it', () => Promise.reject(new Error('why')))).rejects.toThrow(
      'why',
    );
  });
});
