import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AuditEntry, Endpoint, type SeenService } from '../../../estate/index.ts';
import { someTraffic } from '../../../estate/store/testing/estate.ts';
import {
  idOf,
  ORDERS,
  startWorkflowServer,
  WEB,
  type WorkflowServer,
} from '../../testing/workflow-server.ts';
import { Problem } from '../problem.ts';

const NOW = Date.UTC(2025, 2, 3, 12);
const LIST = idOf('GET', '/orders');
const SHOW = idOf('GET', '/orders/{id}');
const DELETE = idOf('DELETE', '/orders/{id}');
const WEB_LIST = idOf('GET', '/orders', WEB);

interface Result {
  readonly endpoint: string;
  readonly sequence: number | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly state: Endpoint | null;
}
interface DecidedAll {
  readonly judged: boolean;
  readonly results: readonly Result[];
}
interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number;
}

let server: WorkflowServer;
let seen: SeenService | undefined;
let corrected = 0;
beforeAll(async () => {
  server = await startWorkflowServer(NOW, {
    onCorrected: () => {
      corrected++;
    },
    preview: async () => seen,
  });
});
afterAll(() => server?.close());

async function decide(
  endpoints: readonly string[],
  decision: object,
  reason = 'because',
): Promise<DecidedAll> {
  const response = await server.post('/api/v1/endpoints/decisions', {
    endpoints,
    decision,
    reason,
  });
  expect(response.status).toBe(200);
  return (await response.json()) as DecidedAll;
}

async function undo(endpoints: readonly string[], action: string): Promise<DecidedAll> {
  const path = '/api/v1/endpoints/decisions/undo';
  const response = await server.post(path, { endpoints, action, reason: 'a mistake' });
  expect(response.status).toBe(200);
  return (await response.json()) as DecidedAll;
}

async function problemOf(response: Response): Promise<Problem> {
  return Problem.parse(await response.json());
}

describe('deciding about endpoints', () => {
  it('says what became of each, judged with what was decided', async () => {
    const { judged, results } = await decide([SHOW], { action: 'adopt' });
    expect(judged).toBe(true);
    expect(results).toMatchObject([{ endpoint: SHOW, problem: null }]);
    const state = Endpoint.parse(results[0]?.state);
    expect(state).toMatchObject({ status: 'governed', decisions: [{ action: 'adopt' }] });
    const undone = await undo([SHOW], 'adopt');
    expect(undone.results).toMatchObject([{ state: { status: 'shadow', decisions: [] } }]);
  });

  it('takes what it can and refuses the rest, each with its reason', async () => {
    const { results } = await decide([LIST, DELETE, 'x', DELETE], { action: 'adopt' });
    expect(results.map(({ endpoint, problem }) => [endpoint, problem?.code])).toEqual([
      [LIST, 'inventory/decision-invalid'],
      [DELETE, undefined],
      ['x', 'inventory/endpoint-not-found'],
    ]);
    expect(results[0]).toMatchObject({ sequence: null, state: null });
    expect(results[0]?.problem?.message).toContain('`openapi.yaml`');
    await undo([DELETE], 'adopt');
  });

  it.each([
    ['assign', { owner: ' team-web ' }, { owner: 'team-web' }],
    ['block', {}, { blocked: true }],
    ['deprecate', { until: '2025-06-01' }, { deprecated: true }],
    ['accept', { until: '2025-06-01' }, {}],
    ['tag', { sensitivity: ['phi'], criticality: 'critical' }, { criticality: 'critical' }],
  ])('can %s', async (action, said, want) => {
    const { results } = await decide([WEB_LIST], { action, ...said });
    const { state } = results[0] ?? {};
    expect(state).toMatchObject({ ...want, decisions: [{ action, by: 'admin' }] });
    const path = `/api/v1/endpoints/decisions?endpoint=${encodeURIComponent(WEB_LIST)}`;
    const { items } = await server.get<{ items: object[] }>(path);
    expect(items).toMatchObject([{ action, endpoint: WEB_LIST, reason: 'because', by: 'admin' }]);
    expect((await undo([WEB_LIST], action)).results).toMatchObject([{ problem: null }]);
    expect(await server.get(path)).toEqual({ items: [] });
  });

  it('takes back nothing that was not decided', async () => {
    const { results, judged } = await undo([SHOW], 'block');
    expect(judged).toBe(true);
    expect(results).toMatchObject([{ problem: { code: 'inventory/decision-not-found' } }]);
  });

  it('does not wait for judges that take long', async () => {
    const slow = await startWorkflowServer(NOW, {
      judge: () => new Promise<boolean>(() => undefined),
      waitMs: 1,
    });
    try {
      const body = { endpoints: [SHOW], decision: { action: 'block' }, reason: 'x' };
      const response = await slow.post('/api/v1/endpoints/decisions', body);
      expect(await response.json()).toMatchObject({
        judged: false,
        results: [{ endpoint: SHOW, sequence: 1, problem: null, state: null }],
      });
    } finally {
      await slow.close();
    }
  });

  it('decides about 500 long ids at a time, and no more', async () => {
    const ids = Array.from({ length: 501 }, (_, index) => `${'x'.repeat(400)}${index}`);
    const { results } = await decide(ids.slice(1), { action: 'adopt' });
    expect(results.filter(({ problem }) => problem !== null)).toHaveLength(500);
    const body = { endpoints: ids, decision: { action: 'adopt' } };
    const problem = await problemOf(await server.post('/api/v1/endpoints/decisions', body));
    expect(problem).toMatchObject({ status: 400, code: 'http/request-invalid' });
  });

  it.each([
    [{ endpoints: [], decision: { action: 'adopt' } }, /body.endpoints/],
    [{ endpoints: ['x'], decision: { action: 'delete' } }, /body.decision.action/],
    [{ endpoints: ['x'], decision: { action: 'assign' } }, /body.decision.owner/],
    [{ endpoints: ['x'], decision: { action: 'accept', until: 'soon' } }, /body.decision.until/],
    [{ endpoints: ['x'], decision: { action: 'block', by: 'root' } }, /by/],
    [{ endpoints: ['x'], decision: { action: 'block' }, actor: 'root' }, /actor/],
  ])('is refused for %j', async (body, detail) => {
    const problem = await problemOf(await server.post('/api/v1/endpoints/decisions', body));
    expect(problem.status).toBe(400);
    expect(problem.detail).toMatch(detail);
  });

  it('needs a principal, and a session needs its own origin', async () => {
    const path = `${server.origin}/api/v1/endpoints/decisions`;
    const body = JSON.stringify({
      endpoints: [SHOW],
      decision: { action: 'tag', sensitivity: [] },
    });
    const post = (headers: Record<string, string>) =>
      fetch(path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
    expect((await post({})).status).toBe(401);
    const { cookie, origin } = server;
    expect((await post({ cookie })).status).toBe(403);
    expect((await post({ cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await post({ cookie, origin })).status).toBe(200);
    await undo([SHOW], 'tag');
  });
});

describe('what waits', () => {
  it('is counted by owner and reason', async () => {
    const { items, at } = await server.get<{ items: { owner: string | null }[]; at: string }>(
      '/api/v1/endpoints/queues',
    );
    expect(at).toBe('2025-03-03T12:00:00.000Z');
    expect(items).toContainEqual({ owner: 'team-orders', total: 3, counts: { shadow: 3 } });
    expect(items[0]).toMatchObject({ owner: null });
  });

  it('is listed by owner, also what is nobody’s, and probes only when they are asked for', async () => {
    const total = async (query: string) =>
      (await server.get<Listed<unknown>>(`/api/v1/endpoints?${query}`)).total;
    expect(await total('review=any&owner=team-orders')).toBe(3);
    expect(await total('review=any&owner=')).toBe(1);
    expect(await total('visibility=probe')).toBe(1);
    expect(await total('')).toBe(5);
    expect(await total('visibility=all')).toBe(6);
    expect((await server.ask('/api/v1/endpoints?visibility=some')).status).toBe(400);
  });

  it('a probe is found by its id', async () => {
    const probe = idOf('GET', '/.env');
    const found = await server.get(`/api/v1/endpoints/${encodeURIComponent(probe)}`);
    expect(found).toMatchObject({ id: probe, visibility: 'probe' });
  });
});

describe('a fragment', () => {
  const get = (query: string) =>
    server.get<{ text: string; included: string[]; notes: string[] }>(
      `/api/v1/endpoints/specification?service=${encodeURIComponent(ORDERS)}${query}`,
    );

  it('holds what no specification has', async () => {
    const { text, included, notes } = await get('');
    expect(included).toEqual([DELETE, SHOW]);
    expect(text).toMatch(/^openapi: 3\.1\.0\n/);
    expect(notes).toEqual([
      'Left out: RPC /shop.Orders/List: gRPC methods are declared in a .proto file',
    ]);
    expect((await get('&include=all')).included).toEqual([LIST, DELETE, SHOW]);
  });

  it('holds what is asked for, also in JSON', async () => {
    const one = `&format=json&endpoint=${encodeURIComponent(SHOW)}`;
    const { text, included } = await get(one);
    expect(included).toEqual([SHOW]);
    expect(Object.keys(JSON.parse(text).paths)).toEqual(['/orders/{id}']);
    const two = await get(`${one}&endpoint=${encodeURIComponent(LIST)}`);
    expect(two.included).toEqual([LIST, SHOW]);
  });

  it.each([
    [`service=${encodeURIComponent(ORDERS)}&endpoint=${encodeURIComponent(WEB_LIST)}`, 404],
    ['service=production/shop/none', 404],
    ['', 400],
    [`service=${encodeURIComponent(ORDERS)}&format=xml`, 400],
  ])('of %s there is none', async (query, status) => {
    expect((await server.ask(`/api/v1/endpoints/specification?${query}`)).status).toBe(status);
  });
});

/** What the thread that takes traffic in says of the service. */
function seenOf(...operations: string[]): SeenService {
  const { callers: _, ...traffic } = someTraffic();
  return {
    party: { key: 'name orders', subject: { by: 'name', name: 'orders' } },
    endpoints: operations.map((operation) => {
      const [method = '', template = ''] = operation.split(' ');
      return { protocol: 'http', method, template, isOperational: false, traffic, callers: [] };
    }),
    callers: [],
  };
}

describe('corrections of templates', () => {
  const PATH = '/api/v1/templates/corrections';
  const merge = { correction: 'merge', template: '/orders/{id}' };
  beforeEach(() => {
    seen = undefined;
  });

  it('are made, listed by service, and taken back', async () => {
    const before = corrected;
    const made = await server.post(PATH, { service: ORDERS, correction: merge, reason: 'ids' });
    expect(made.status).toBe(200);
    const { correction } = (await made.json()) as { correction: { id: string } };
    expect(correction).toMatchObject({ service: ORDERS, correction: merge, by: 'admin' });
    const listed = await server.get(`${PATH}?service=${encodeURIComponent(ORDERS)}`);
    expect(listed).toEqual({ items: [correction] });
    expect(await server.get(`${PATH}?service=x`)).toEqual({ items: [] });
    const removed = await server.ask(`${PATH}/${correction.id}?reason=wrong`, { method: 'DELETE' });
    expect(await removed.json()).toMatchObject({ correction });
    expect(await server.get(PATH)).toEqual({ items: [] });
    expect(corrected).toBe(before + 2);
    const again = await server.ask(`${PATH}/${correction.id}`, { method: 'DELETE' });
    expect(await problemOf(again)).toMatchObject({ code: 'inventory/correction-not-found' });
    expect(corrected).toBe(before + 2);
  });

  it('say so where they change nothing, and are in force all the same', async () => {
    seen = seenOf('GET /orders', 'GET /orders/{id}', 'DELETE /orders/{id}', 'GET /.env');
    const made = await server.post(PATH, { service: ORDERS, correction: merge, reason: '' });
    const answer = (await made.json()) as { correction: { id: string }; note: string };
    expect(answer.note).toMatch(/one endpoint already/);
    expect(await server.get(PATH)).toMatchObject({ items: [{ id: answer.correction.id }] });
    await server.ask(`${PATH}/${answer.correction.id}`, { method: 'DELETE' });
  });

  it('are refused where they make no sense', async () => {
    const post = async (service: string, correction: object) =>
      (await problemOf(await server.post(PATH, { service, correction }))).code;
    expect(await post('production/shop/none', merge)).toBe('inventory/service-not-found');
    expect(await post(ORDERS, { ...merge, template: '/orders' })).toBe(
      'inventory/correction-invalid',
    );
    expect(await post(ORDERS, { ...merge, template: 'orders' })).toBe('http/request-invalid');
  });

  it('show what they would change before they are made', async () => {
    const body = { service: ORDERS, correction: merge };
    const none = await server.post(`${PATH}/preview`, body);
    expect(await problemOf(none)).toMatchObject({ code: 'inventory/traffic-not-found' });
    seen = seenOf('GET /orders', 'GET /orders/me', 'GET /.env', 'DELETE /orders/{id}');
    const answer = await (await server.post(`${PATH}/preview`, body)).json();
    expect(answer).toEqual({
      before: [{ method: 'GET', template: '/orders/{id}', requests: 60 }],
      after: [{ method: 'GET', template: '/orders/me', requests: 60 }],
      examples: [{ method: 'GET', before: '/orders/{id}', after: '/orders/me' }],
      note: null,
    });
    expect(await server.get(PATH)).toEqual({ items: [] });
  });
});

describe('the audit log', () => {
  it('tells who did what, newest first, page by page', async () => {
    await decide([SHOW], { action: 'assign', owner: 'team-a' }, 'moved');
    const of = `subject=${encodeURIComponent(SHOW)}`;
    const { items } = await server.get<Listed<AuditEntry>>(`/api/v1/audit?${of}&limit=1`);
    expect(z.array(AuditEntry).parse(items)).toMatchObject([
      {
        actor: 'admin',
        action: 'endpoint.assign',
        subject: SHOW,
        reason: 'moved',
        detail: { owner: 'team-a' },
        at: '2025-03-03T12:00:00.000Z',
      },
    ]);
    const sequences: number[] = [];
    for (let after = ''; ; ) {
      const page = await server.get<Listed<AuditEntry>>(`/api/v1/audit?limit=2${after}`);
      sequences.push(...page.items.map(({ sequence }) => sequence));
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    const [newest = 0] = sequences;
    expect(sequences).toEqual(Array.from({ length: newest }, (_, index) => newest - index));
    const none = await server.get<Listed<unknown>>('/api/v1/audit?actor=nobody');
    expect(none).toEqual({ items: [], next: null, total: 0 });
    await undo([SHOW], 'assign');
  });

  it('holds no secret that somebody wrote into a reason', async () => {
    await decide([SHOW], { action: 'block' }, 'leaks token=s3cr3t-s3cr3t');
    const text = await (await server.ask('/api/v1/audit?limit=1')).text();
    expect(text).toContain('endpoint.block');
    expect(text).not.toContain('s3cr3t');
    const endpoint = await server.ask(`/api/v1/endpoints/${encodeURIComponent(SHOW)}`);
    expect(await endpoint.text()).not.toContain('s3cr3t');
    await undo([SHOW], 'block');
  });

  it.each(['limit=0', 'after=x', 'colour=red'])('cannot be asked for %s', async (query) => {
    expect((await server.ask(`/api/v1/audit?${query}`)).status).toBe(400);
  });
});

describe('figures', () => {
  it('tell what is discovered against what is declared', async () => {
    const { coverage } = await server.get<{ coverage: { byService: object[] } }>(
      '/api/v1/inventory/coverage',
    );
    expect(coverage).toMatchObject({ declared: 1, discovered: 5, undeclared: 4, share: 0.8 });
    expect(coverage.byService).toMatchObject([{ service: ORDERS }, { service: WEB }]);
    const page = (query: string) => server.get(`/api/v1/inventory/coverage?${query}`);
    expect(await page('services=1')).toMatchObject({
      coverage: { byService: [{ service: ORDERS }], serviceCount: 2, gapCount: 2 },
    });
    expect(await page('services=1&skip=1')).toMatchObject({
      coverage: { byService: [{ service: WEB }], serviceCount: 2, undeclared: 4 },
    });
    expect(await page('skip=2')).toMatchObject({ coverage: { byService: [] } });
  });

  it('tell what came in', async () => {
    expect(await server.get('/api/v1/intake')).toMatchObject({
      counts: [{ source: 'otlp', outcome: 'taken', count: 3 }],
      services: 1,
    });
  });
});

it('is described in OpenAPI', async () => {
  const { paths } = await server.get<{ paths: Record<string, object> }>('/openapi.json');
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      '/api/v1/endpoints/decisions',
      '/api/v1/endpoints/specification',
      '/api/v1/templates/corrections/{id}',
      '/api/v1/audit',
    ]),
  );
});
