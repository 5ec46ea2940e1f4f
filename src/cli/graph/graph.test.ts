import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Alert, GraphEdge, GraphService } from '../../tracing/index.ts';
import { expectDone, runReeve, spawnReeve } from '../testing/run.ts';
import { storyLines, storyRequests } from './testing/story.ts';

const root = mkdtempSync(join(tmpdir(), 'reeve-graph-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
}

const graph = (...args: readonly string[]) => runReeve(['graph', ...args], '');

async function json(...args: readonly string[]) {
  const { status, stdout, stderr } = await graph(...args, '--format', 'json');
  expect(status, stderr).toBe(0);
  const { services, edges, alerts, ...others } = JSON.parse(stdout);
  expect(others).toEqual({});
  return {
    services: GraphService.array().parse(services),
    edges: GraphEdge.array().parse(edges),
    alerts: Alert.array().parse(alerts),
    stderr,
  };
}

/** What does not hang on who came first. */
async function edgesOf(...args: readonly string[]): Promise<string[]> {
  const { edges } = await json(...args);
  return edges
    .map(({ from, to, requests, evidence }) => `${from} -> ${to} ${requests} ${evidence}`)
    .sort();
}

const EDGES = [
  '* -> web 243 none',
  'orders -> payments 240 authenticated',
  'orders -> stock 240 authenticated',
  'web -> orders 240 authenticated',
  'web -> payments 2 authenticated',
  'web -> stock 1 authenticated',
];
const STORY = file('story.ndjson', storyLines());

describe('graph', () => {
  it('builds the call graph of traces, and tells what came into it that is unusual', async () => {
    const { services, alerts, stderr } = await json(STORY);
    expect(await edgesOf(STORY)).toEqual(EDGES);
    expect(services.map(({ id }) => id).sort()).toEqual(['orders', 'payments', 'stock', 'web']);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.from).toBe('web');
    expect(alerts[0]?.path[0]).toBe('web');
    expect(alerts[0]?.path).toContain('payments');
    expect(alerts[0]?.signs.some(({ technique }) => /^T\d{4}/.test(technique))).toBe(true);
    expect(stderr).toBe('');
  });

  it('is the same for any order and layout of the requests', async () => {
    const requests = storyRequests();
    const halves = [requests.slice(0, 120), requests.slice(120)];
    const [late = '', early = ''] = halves
      .toReversed()
      .map((half, index) =>
        file(
          `half-${index}.ndjson.gz`,
          gzipSync(half.map((one) => JSON.stringify(one)).join('\n')),
        ),
      );
    expect(await edgesOf(late, early)).toEqual(EDGES);
    expect(await edgesOf(file('list.json', JSON.stringify(requests, null, 2)))).toEqual(EDGES);
    const resourceSpans = requests.flatMap(
      (one) => (one as { resourceSpans: object[] }).resourceSpans,
    );
    expect(await edgesOf(file('whole.json', JSON.stringify({ resourceSpans }, null, 2)))).toEqual(
      EDGES,
    );
    expect(await edgesOf(file('compact.json', JSON.stringify({ resourceSpans })))).toEqual(EDGES);
    const shuffled = requests.toSorted(
      (a, b) => (JSON.stringify(a).length % 7) - (JSON.stringify(b).length % 7),
    );
    const lines = shuffled.map((one) => JSON.stringify(one)).join('\n');
    const { alerts } = await json(file('shuffled.ndjson', lines));
    expect(alerts).toHaveLength(1);
  });

  it('reads traces of any age', async () => {
    const old = storyLines().replaceAll(
      /"(\d{10})(\d{9})"/g,
      (_, seconds: string, rest: string) => `"${Number(seconds) - 94_608_000}${rest}"`,
    );
    const { edges } = await json(file('old.ndjson', old));
    expect(edges.every(({ firstSeen }) => firstSeen.startsWith('2023-01-'))).toBe(true);
    expect(edges).toHaveLength(6);
  });

  it('judges from the time that is given', async () => {
    const late = await json(STORY, '--baseline-until', '2026-01-05T11:00:00Z');
    expect(late.alerts).toEqual([]);
    const { stdout } = expectDone(await graph(STORY, '--baseline-until', '2026-01-06'));
    expect(stdout).toContain('learnt and not judged');
  });

  it('ends with 1 where an alert is as bad as is asked', async () => {
    expect((await graph(STORY, '--fail-on', 'info')).status).toBe(1);
    expect((await graph(STORY, '--fail-on', 'info', '--baseline-until', '2026-01-06')).status).toBe(
      0,
    );
  });

  it('prints a page for people', async () => {
    const { stdout } = expectDone(await graph(STORY));
    expect(stdout).toContain('1 alert\n');
    expect(stdout).toMatch(/^outside {2}web {7}243 /m);
  });

  it('says where it could not read something, and reads the rest', async () => {
    const [first = '', second = '', third = '', ...rest] = storyLines().split('\n');
    const broken = [first.slice(0, 200), second, '{"resourceSpans":[]}', 'no JSON', third, ...rest];
    const path = file('broken.ndjson', broken.join('\n'));
    const { edges, stderr } = await json(path, file('empty.json', ''));
    expect(edges.find(({ from }) => from === '*')?.requests).toBe(242);
    expect(stderr).toContain(`left out 2: broken JSON (${path}:1, ${path}:4)`);
    expect(stderr).toContain(`left out 1: no spans in it (${path}:3)`);
    expect(stderr).toContain(`left out 1: empty file (${join(root, 'empty.json')}:1)`);
  });

  it('says of a document that is cut where it ends', async () => {
    const whole = JSON.stringify(storyRequests(), null, 2);
    const path = file('cut.json', whole.slice(0, whole.length / 2));
    const { edges, stderr } = await json(path);
    expect(edges.length).toBeGreaterThan(0);
    expect(stderr).toMatch(/cut\.json:\d+:\d+: the trace file /);
  });

  it.each<[string, () => string[], string]>([
    ['a file that does not exist', () => [join(root, 'nobody')], 'does not exist'],
    ['a folder', () => [root], 'is a folder'],
    [
      'files without spans',
      () => [file('none.json', '{"resourceSpans":[]}')],
      'no span of a request',
    ],
    ['a time that is none', () => [STORY, '--baseline-until', 'yesterday'], '2026-01-05T10:00:00Z'],
    ['a day that is none', () => [STORY, '--baseline-until', '2026-13-01'], 'use a time as'],
  ])('refuses %s', async (_, args, want) => {
    const { status, stdout, stderr } = await graph(...args());
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(want);
  });

  it('reads flows of Istio', async () => {
    const lines = Array.from({ length: 20 }, (_, minute) =>
      JSON.stringify({
        ...{ authority: 'orders.shop:8080', method: 'GET', path: `/orders/${minute}` },
        ...{ protocol: 'HTTP/1.1', response_code: 200, response_flags: '-', duration: 12 },
        start_time: `2020-05-01T11:${String(minute).padStart(2, '0')}:00.000Z`,
        ...{ downstream_remote_address: '10.42.0.7:50122', upstream_host: '10.42.0.3:8080' },
        upstream_cluster: 'outbound|8080||orders.shop.svc.cluster.local',
      }),
    );
    const path = file('istio.ndjson', [...lines, '{"cut'].join('\n'));
    const { edges, stderr } = await json(path);
    expect(edges.map(({ requests, firstSeen }) => [requests, firstSeen.slice(0, 4)])).toEqual([
      [20, '2020'],
    ]);
    expect(stderr).toContain(`left out 1: flow: broken line (${path}:21)`);
  });

  it('judges by what a repository declares, and reads standard input', {
    timeout: 60_000,
  }, async () => {
    const folder = join(root, 'declared');
    mkdirSync(folder);
    const declaration = (name: string, calls: readonly string[]) =>
      JSON.stringify({
        ...{ apiVersion: 'reeve.dev/v1', kind: 'Service' },
        metadata: { name, namespace: 'shop', owner: `team-${name}` },
        spec: { calls: calls.map((service) => ({ service, operations: ['*'] })) },
      });
    for (const [name, calls] of [
      ['web', ['orders']],
      ['orders', ['stock', 'payments']],
      ['stock', []],
      ['payments', []],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'reeve.yaml'), declaration(name, calls));
    }
    const { status, stdout, stderr } = await spawnReeve(
      ['graph', '-', '--declared', folder, '--format', 'json'],
      '',
      storyLines(),
    );
    expect(status, stderr).toBe(0);
    const { services, alerts } = JSON.parse(stdout);
    expect(
      GraphService.array()
        .parse(services)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['orders', 'payments', 'stock', 'web'].map((name) => `default/shop/${name}`));
    const hops = Alert.array()
      .parse(alerts)
      .flatMap((alert) => alert.hops);
    const word = (from: string, to: string) =>
      hops.find((hop) => hop.from.endsWith(from) && hop.to.endsWith(to))?.policy;
    expect(word('/web', '/stock')).toBe('undeclared');
  });
});
