import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeenService } from '../../estate/index.ts';
import { someTraffic } from '../../estate/store/testing/estate.ts';
import {
  idOf,
  ORDERS,
  startWorkflowServer,
  type WorkflowServer,
} from '../../server/testing/workflow-server.ts';
import { type Ended, flat, runReeve, spawnReeve } from '../testing/run.ts';

const DAY_MS = 86_400_000;
const SHOW = idOf('GET', '/orders/{id}');

let server: WorkflowServer;
/** What traffic shows of the service under a correction. */
let seen: SeenService | undefined;
let folder: string;
beforeAll(async () => {
  server = await startWorkflowServer(Date.now(), { preview: async () => seen });
  folder = mkdtempSync(join(tmpdir(), 'reeve-cli-'));
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const reeve = (...args: string[]): Promise<Ended> =>
  runReeve([...args, '--server', server.origin], server.token);

const spawned = (...args: string[]): Promise<Ended> =>
  spawnReeve([...args, '--server', server.origin], server.token);

/** What is written of what was done fits 80 columns. */
async function endpoints(...args: string[]): Promise<Ended> {
  const ended = await reeve('endpoints', ...args);
  const lines = `${ended.stdout}\n${ended.status === 0 ? ended.stderr : ''}`.split('\n');
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  return ended;
}

async function json<Answer>(...args: string[]): Promise<Answer> {
  return JSON.parse((await reeve(...args, '--format', 'json')).stdout) as Answer;
}

function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

describe('reeve endpoints', () => {
  it('lists what is shown, with when it was seen and how often', async () => {
    const { stdout } = await endpoints();
    expect(stdout).toMatch(/^status +service +operation +data +owner +seen +\/min\n/);
    expect(stdout).toMatch(/^shadow +.*orders +DELETE \/orders\/\{id\} .* [\d,]+ d +1$/m);
    expect(stdout).not.toContain('.env');
    expect(await spawned('endpoints')).toMatchObject({ status: 0, stdout });
    const probes = await endpoints('--visibility', 'probe');
    expect(probes.stdout).toMatch(/^probe .*\/\.env/m);
  });

  it('refuses a filter that can never hold', async () => {
    const { status, stderr } = await spawned('endpoints', '--review', 'never');
    expect(status).toBe(2);
    expect(stderr).toMatch(/review is never `never`\n {7}use shadow, zombie/);
  });
});

describe('reeve endpoints show', () => {
  it('tells all about one, named by its operation', async () => {
    const args = ['show', 'GET /orders/{orderId}', '--service', 'orders'];
    const { stdout } = await endpoints(...args);
    expect(await spawned('endpoints', ...args)).toMatchObject({ status: 0, stdout });
    expect(stdout).toMatch(
      /^GET \/orders\/\{id\}\nof production\/shop\/orders\n\nstatus +shadow: seen/,
    );
    expect(stdout).toMatch(/^callers +production\/shop\/web: 60 requests$/m);
    expect(stdout).toMatch(/^credentials +token 60 \(seen, not verified\)$/m);
  });

  it('says where it is declared, and who decided what', async () => {
    const id = idOf('GET', '/orders');
    await endpoints('assign', id, '--owner', 'team-new', '--reason', 'moved to them');
    const { stdout } = await endpoints('show', id);
    expect(stdout).toMatch(/^declared in +openapi\.yaml:4$/m);
    expect(stdout).toMatch(/^owner +team-new$/m);
    expect(stdout).toMatch(
      /^decisions +assigned to team-new by admin on [\d-]{10}: moved to them$/m,
    );
    const shown = await json<{ decisions: object[] }>('endpoints', 'show', id);
    expect(shown).toMatchObject({ id, decisions: [{ action: 'assign', owner: 'team-new' }] });
    await endpoints('undo', id);
  });

  it.each([
    [['/nowhere'], /There is no endpoint `\/nowhere`/],
    [
      ['GET /orders'],
      /`GET \/orders` can mean 2 endpoints: `production\/shop\/orders http GET \/orders`,/,
    ],
    [['/orders', '--service', 'none'], /There is no service `none`/],
  ])('of %j says what to do', async (args, message) => {
    const { status, stdout, stderr } = await reeve('endpoints', 'show', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\n {7}\S/);
  });
});

describe('reeve endpoints queue', () => {
  it('counts what waits for whom, and lists one queue', async () => {
    const { stdout } = await endpoints('queue');
    expect(stdout).toMatch(/^owner +waiting +shadow/);
    expect(stdout).toMatch(/^team-orders +3 +3/m);
    const one = await endpoints('queue', '--owner', 'team-orders');
    expect(one.stdout.trim().split('\n')).toHaveLength(4);
    expect(one.stdout).toMatch(/^shadow +shop\/orders +RPC \/shop\.Orders\/List/m);
    expect((await endpoints('queue', '--unowned')).stdout).toContain('shop/web');
    expect((await endpoints('queue', '--owner', 'nobody')).stdout).toBe('Nothing waits.\n');
    const { items } = await json<{ items: object[] }>('endpoints', 'queue');
    expect(items).toContainEqual({ owner: 'team-orders', total: 3, counts: { shadow: 3 } });
  });
});

describe('deciding', () => {
  it('adopts, writes what was seen, and takes it back', async () => {
    const file = join(folder, 'orders.yaml');
    const adopted = await endpoints('adopt', SHOW, '--reason', 'ours', '--specification', file);
    expect(adopted.status).toBe(0);
    expect(flat(adopted.stdout)).toMatch(/: adopted, now governed \(audit entry \d+\) $/);
    expect(flat(adopted.stderr)).toContain('1 operation written to');
    expect(load(readFileSync(file, 'utf8'))).toMatchObject({
      openapi: '3.1.0',
      paths: { '/orders/{id}': { get: { parameters: [{ name: 'page', in: 'query' }] } } },
    });
    const undone = await endpoints('undo', 'GET /orders/{id}');
    expect(flat(undone.stdout)).toMatch(/no longer under "adopt", now shadow/);
  });

  it.each([
    [['block', SHOW, '--reason', 'leaks'], /: blocked/],
    [['accept', SHOW, '--until', inDays(9), '--reason', 'soon gone'], /: accepted until 2/],
    [['deprecate', SHOW, '--until', inDays(9)], /deprecated, and gone after 2/],
    [['tag', SHOW, '--sensitivity', 'pii, pci', '--criticality', 'high'], /: tagged/],
  ])('%j', async (args, stdout) => {
    const ended = await endpoints(...args);
    expect(ended.stderr).not.toContain('reeve:');
    expect(flat(ended.stdout)).toMatch(stdout);
    const undone = await json<{ results: object[] }>(
      ...['endpoints', 'undo', SHOW, '--action', args[0] ?? ''],
    );
    expect(undone.results).toMatchObject([{ problem: null, state: { decisions: [] } }]);
  });

  it('takes what it can, and tells what is refused and why', async () => {
    const { status, stdout, stderr } = await endpoints(
      ...['adopt', idOf('GET', '/orders'), SHOW, '--reason', 'both'],
    );
    expect(status).toBe(2);
    expect(stdout).toContain('adopted');
    expect(flat(stderr)).toMatch(/is left as it is: It is declared already, in `openapi\.yaml`/);
    await endpoints('undo', SHOW, '--action', 'adopt');
  });

  it.each([
    [['block', SHOW], /A block needs a reason/],
    [['accept', SHOW, '--until', 'soon'], /use a day: 2026-05-03/],
    [['accept', SHOW, '--until', '2020-01-01', '--reason', 'x'], /2020-01-01 is past/],
    [['accept', SHOW, '--reason', 'x'], /'--until <date>' not specified/],
    [['tag', SHOW], /The tag says nothing/],
    [['tag', SHOW, '--criticality', 'very'], /Allowed choices are critical/],
    [['undo', SHOW], /Nothing is decided about it/],
    [['undo', SHOW, '--action', 'block'], /Nobody has decided to block/],
  ])('refuses %j', async (args, message) => {
    const { status, stdout, stderr } = await reeve('endpoints', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(flat(stderr)).toMatch(message);
  });
});

describe('reeve endpoints specification', () => {
  it('writes what no specification has, and says what it leaves out', async () => {
    const { stdout, stderr } = await reeve('endpoints', 'specification', '--service', 'orders');
    expect(Object.keys((load(stdout) as { paths: object }).paths)).toEqual(['/orders/{id}']);
    expect(stderr).toContain('gRPC methods are declared in a .proto file');
    const all = await json<{ paths: object }>(
      ...['endpoints', 'specification', '--service', ORDERS, '--all'],
    );
    expect(Object.keys(all.paths)).toEqual(['/orders', '/orders/{id}']);
    const none = await endpoints('specification', '--service', 'web');
    expect([none.stdout, none.stderr]).toEqual([
      '',
      'There is nothing to write: a specification has all that was seen.\n',
    ]);
  });
});

function seenOf(...operations: (readonly [method: string, template: string])[]): SeenService {
  const { callers: _, ...traffic } = someTraffic();
  const rest = { protocol: 'http', isOperational: false, traffic, callers: [] } as const;
  return {
    party: { key: 'name orders', subject: { by: 'name', name: 'orders' } },
    endpoints: operations.map(([method, template]) => ({ ...rest, method, template })),
    callers: [],
  };
}

describe('corrections of templates', () => {
  it('says what a list without rows was asked for, and what lists the names', async () => {
    const { stdout, stderr, status } = await endpoints('--service', 'nosuch');
    expect({ stdout, stderr, status }).toEqual({
      stdout: 'No endpoints for --service `nosuch`.\n',
      stderr: '`reeve services` lists what there is.\n',
      status: 0,
    });
  });

  it('are made, listed and taken back', async () => {
    const made = await endpoints(
      ...[
        'split',
        '/orders/{id}',
        '--service',
        'orders',
        '--parameter',
        'id',
        '--values',
        'me,all',
      ],
    );
    const [id = ''] = /correction-\w+/.exec(made.stdout) ?? [];
    expect(made.stdout).toMatch(/is in force \(audit entry \d+\)/);
    const listed = await endpoints('corrections', '--service', 'orders');
    expect(listed.stdout).toContain(id);
    expect(listed.stdout).toMatch(/split me,all off/);
    expect((await endpoints('uncorrect', id)).stdout).toMatch(/is no longer in force/);
    expect((await endpoints('corrections')).stdout).toBe('No corrections.\n');
  });

  it('are refused where they make no sense, or nothing was seen', async () => {
    const merge = await endpoints('merge', '/orders', '--service', 'orders');
    expect(merge).toMatchObject({ status: 2 });
    expect(merge.stderr).toContain('has no parameter');
    const rename = await endpoints(
      ...['rename', '/a/{b}', '--to', '/a/{c}', '--service', 'orders', '--dry-run'],
    );
    expect(rename.stderr).toContain('Nothing was seen of');
  });

  it('show what they would change, with examples, however long the paths', async () => {
    const long = `/orders/${'x'.repeat(90)}`;
    seen = seenOf(['GET', '/orders'], ['GET', '/orders/{id}'], ['GET', long], ['GET', '/.env']);
    const flags = ['--service', 'orders', '--parameter', 'id', '--dry-run'];
    const split = await endpoints('split', '/orders/{id}', '--values', 'me', ...flags);
    expect(split.stdout).toMatch(
      /^- DELETE \/orders\/\{id\} {2}\(60 requests\)\n\+ GET \/orders\/x/,
    );
    expect(split.stdout).toMatch(/For example\nmethod +now counted under +then under\n/);
    expect(split.stdout).toMatch(/\nGET +\/orders\/\{id\} +…x+\n$/);
  });

  it('say so where they would change, or have changed, nothing', async () => {
    const known = [
      ['GET', '/orders'],
      ['GET', '/orders/{id}'],
      ['DELETE', '/orders/{id}'],
    ] as const;
    seen = seenOf(...known, ['GET', '/.env']);
    const merge = ['merge', '/orders/{id}', '--service', 'orders'];
    const dry = await endpoints(...merge, '--dry-run');
    expect(flat(dry.stdout)).toContain('It would change nothing. All that falls under');
    const made = await endpoints(...merge);
    expect(flat(made.stderr)).toContain('All that falls under `/orders/{id}` is one endpoint');
    const [id = ''] = /correction-\w+/.exec(made.stdout) ?? [];
    await endpoints('uncorrect', id);
  });
});

describe('reeve audit', () => {
  it('tells who changed what, the newest first', async () => {
    await endpoints('block', SHOW, '--reason', 'for the log');
    const { stdout } = await reeve('audit', '--limit', '2');
    expect(stdout).toMatch(/^entry +when +who +action +subject +why\n/);
    expect(stdout.split('\n')[1]).toMatch(
      /admin +endpoint\.block .*\/orders\/\{id\} +for the log$/,
    );
    const { items } = await json<{ items: object[] }>('audit', '--action', 'endpoint.block');
    expect(items[0]).toMatchObject({ subject: SHOW, reason: 'for the log', actor: 'admin' });
    await endpoints('undo', SHOW);
  });
});
