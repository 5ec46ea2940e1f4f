import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { AgentIdentity, RunningAgent } from '../../identity/agent/index.ts';
import { parseSpiffeId } from '../../identity/spiffe/index.ts';
import { readInput, settingsOf } from './run.ts';
import { Teller } from './tell.ts';

const SETTINGS = { server: 'reeve.example.org:7072', trustDomain: 'example.org' };
const IDENTITY: AgentIdentity = {
  id: parseSpiffeId('spiffe://example.org/reeve/agent/node-1'),
  chain: [],
  privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  issuedAt: Date.UTC(2027, 0, 1),
  expiresAt: Date.UTC(2027, 0, 1, 4),
};
const AGENT: RunningAgent = {
  address: 'unix:///run/reeve/workload.sock',
  dataFolder: '/var/lib/reeve-agent',
  spiffeId: undefined,
  isConnected: false,
  ended: new Promise(() => {}),
  close: async () => {},
};

/** What is told of an agent that joins, is renewed and is denied. */
function told(format: 'text' | 'json'): string[] {
  const lines: string[] = [];
  const teller = new Teller(format, SETTINGS, (text) => lines.push(...text.split('\n')));
  teller.hear({ event: 'joined', identity: IDENTITY });
  teller.started(AGENT);
  teller.hear({ event: 'connected' });
  teller.hear({ event: 'lost', because: 'nobody answers' });
  teller.hear({ event: 'renewed', identity: IDENTITY });
  const fault = new Fault('peer/forbidden', 'it is denied');
  teller.hear({ event: 'ended', end: { kind: 'denied', fault } });
  return lines;
}

describe('what is told of an agent', () => {
  it('fits 80 columns, and says where the socket is, who it is and until when', () => {
    const lines = told('text');
    expect(lines).toEqual([
      'Socket    /run/reeve/workload.sock',
      '          SPIFFE_ENDPOINT_SOCKET=unix:///run/reeve/workload.sock',
      'Server    reeve.example.org:7072, trust domain example.org',
      'Data      /var/lib/reeve-agent',
      '',
      'Ctrl-C ends it.',
      '',
      'Agent     spiffe://example.org/reeve/agent/node-1',
      '          2027-01-01T00:00:00.000Z, until 2027-01-01T04:00:00.000Z',
      'Renewed   2027-01-01T00:00:00.000Z, until 2027-01-01T04:00:00.000Z',
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is one object a line for programs, in the order in which it happens', () => {
    const lines = told('json').map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual([
      'started',
      'joined',
      'connected',
      'lost',
      'renewed',
      'ended',
    ]);
    expect(lines[0]).toEqual({
      event: 'started',
      socket: AGENT.address,
      ...SETTINGS,
      data: AGENT.dataFolder,
    });
    expect(lines[1]).toEqual({
      event: 'joined',
      spiffeId: IDENTITY.id.uri,
      issuedAt: '2027-01-01T00:00:00.000Z',
      expiresAt: '2027-01-01T04:00:00.000Z',
    });
    expect(lines[5]).toEqual({ event: 'ended', kind: 'denied', because: 'it is denied' });
    expect(JSON.stringify(lines)).not.toContain('PRIVATE');
  });
});

describe('what an agent is told to do', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is what the file says, and before that what the options say', () => {
    const config = join(folder, 'agent.yaml');
    const said = {
      server: 'a:1',
      trustDomain: 'a.example',
      data: '/a',
      nodePods: { node: 'n', waitMs: 7 },
    };
    writeFileSync(
      config,
      JSON.stringify({ ...said, workloadApi: { socket: '/a.sock', maxStreams: 5 } }),
    );
    expect(settingsOf({ format: 'text', config }, {}).config).toMatchObject(said);
    const flags = {
      server: 'b:2',
      trustDomain: 'b.example',
      data: '/b',
      socket: '/b.sock',
      node: 'm',
    };
    const { config: both } = settingsOf({ format: 'text', config, ...flags }, {});
    expect(both).toMatchObject({
      server: 'b:2',
      trustDomain: 'b.example',
      data: '/b',
      workloadApi: { socket: '/b.sock', maxStreams: 5 },
      nodePods: { node: 'm', waitMs: 7 },
    });
  });

  it('may come from the service manager: where it keeps things, and where its socket is', () => {
    const environment = {
      STATE_DIRECTORY: '/var/lib/a',
      RUNTIME_DIRECTORY: '/run/a',
      REEVE_JOIN_TOKEN: 'reeve_join_x',
    };
    const { config, joinToken } = settingsOf({ format: 'text' }, environment);
    expect(config).toMatchObject({
      data: '/var/lib/a',
      workloadApi: { socket: '/run/a/workload.sock' },
    });
    expect(joinToken).toBe('reeve_join_x');
  });

  it('may be a token on standard input, of a bounded length', async () => {
    expect(await readInput(Readable.from(['reeve_', 'join_x\n']))).toBe('reeve_join_x\n');
    const long = readInput(Readable.from(Array.from({ length: 100 }, () => 'x'.repeat(1_000))));
    await expect(long).rejects.toThrow(/too long/);
    const { config } = settingsOf({ format: 'text', joinTokenFile: '-' }, {});
    expect(config.joinTokenFile).toBeUndefined();
  });

  it.each([
    [{ trustDomain: 'A B' }, /trustDomain/],
    [{ socket: 'relative' }, /workloadApi.socket/],
    [{ trustBundleSha256: Array.from({ length: 11 }, () => 'a') }, /trustBundleSha256/],
  ])('is held against the same rules: %o', (flags, words) => {
    expect(() => settingsOf({ format: 'text', ...flags }, {})).toThrow(words);
  });

  it('is refused where the file says what there is not', () => {
    const config = join(folder, 'agent.yaml');
    writeFileSync(config, 'joinToken: reeve_join_x\n');
    expect(() => settingsOf({ format: 'text', config }, {})).toThrow(/agent.yaml:1/);
  });
});
