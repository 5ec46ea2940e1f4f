import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GrpcCall } from '../../../base/grpc/index.ts';
import { messageField, textField } from '../../../base/protobuf/index.ts';
import type { Decision, Question } from '../../model/index.ts';
import { check, type ExtAuthzPorts } from './service.ts';
import { type Asked, checkRequest, type Told, told } from './testing/messages.ts';

const WEB = 'spiffe://example.org/ns/shop/sa/web';
const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const SHARED = 'spiffe://example.org/ns/shop/sa/default';
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  [ORDERS]: ['production/shop/orders'],
  [SHARED]: ['production/shop/carts', 'production/shop/stock'],
};

const ALLOWED: Decision = {
  allowed: true,
  mode: 'enforce',
  reason: 'declared',
  message: 'web declares GET /orders/{id}.',
  callers: ['production/shop/web'],
  operation: 'GET /orders/{id}',
  because: ['web/reeve.yaml:7'],
};
const DENIED: Decision = {
  ...ALLOWED,
  allowed: false,
  reason: 'operation-undeclared',
  message: 'web does not declare POST /orders.',
};

/** A proxy that asks, and what is heard of it. */
class Rig implements ExtAuthzPorts {
  decision: Decision | (() => never) = ALLOWED;
  proved: readonly string[] | undefined;
  readonly questions: Question[] = [];
  readonly counted: string[] = [];
  readonly defects: unknown[] = [];

  decide = (question: Question): Decision => {
    this.questions.push(question);
    return typeof this.decision === 'function' ? this.decision() : this.decision;
  };
  servicesOf = (id: string): readonly string[] => SERVICES[id] ?? [];
  provedBy = (): readonly string[] | undefined => this.proved;
  count: ExtAuthzPorts['count'] = (outcome, reason) => this.counted.push(`${outcome} ${reason}`);
  onDefect = (thrown: unknown): number => this.defects.push(thrown);

  ask(asked: Asked): Told {
    return this.send(checkRequest(asked));
  }

  send(message: Buffer): Told {
    return told(check(this, message, {} as GrpcCall));
  }
}

const HTTP = { method: 'GET', path: '/orders/7?full=1', host: 'orders', headers: {} };
const ASKED: Asked = {
  source: { principal: WEB },
  destination: { principal: ORDERS },
  request: { http: HTTP },
};

const withHttp = (change: object): Asked => ({
  ...ASKED,
  request: { http: { ...HTTP, ...change } },
});

describe('what an Envoy asks', () => {
  it('is who calls whom, with which method and which path, as they were sent', () => {
    const rig = new Rig();
    rig.ask(ASKED);
    expect(rig.questions).toEqual([
      {
        caller: WEB,
        proof: 'mtls',
        service: 'production/shop/orders',
        protocol: 'http',
        method: 'GET',
        path: '/orders/7?full=1',
      },
    ]);
  });

  it.each([
    ['no principal', ''],
    ['a name of DNS', 'web.shop.svc'],
    ['a subject', 'CN=web'],
  ])('of a caller with %s is asked for nobody', (_, principal) => {
    const rig = new Rig();
    rig.ask({ ...ASKED, source: { principal } });
    expect(rig.questions).toMatchObject([{ caller: undefined, proof: undefined }]);
  });

  it.each<[string, Asked, readonly string[] | undefined, string]>([
    ['who it is proved to be', ASKED, [ORDERS], 'production/shop/orders'],
    [
      'whom its configuration names, by id',
      { ...ASKED, context_extensions: { 'reeve.service': 'staging/shop/orders', other: 'x' } },
      undefined,
      'staging/shop/orders',
    ],
    [
      'whom its configuration names, by SPIFFE ID',
      { ...ASKED, destination: {}, context_extensions: { 'reeve.service': ORDERS } },
      undefined,
      'production/shop/orders',
    ],
    ['who callers see', ASKED, undefined, 'production/shop/orders'],
    [
      'one of those that it is proved to be',
      { ...ASKED, context_extensions: { 'reeve.service': 'production/shop/stock' } },
      [SHARED, ORDERS],
      'production/shop/stock',
    ],
    ['an identity of no service', { ...ASKED, destination: { principal: WEB } }, undefined, WEB],
  ])('is about %s', (_, asked, proved, service) => {
    const rig = new Rig();
    rig.proved = proved;
    rig.ask(asked);
    expect(rig.questions).toMatchObject([{ service }]);
  });

  it.each<[string, Asked, readonly string[] | undefined, string, RegExp]>([
    ['nobody', { ...ASKED, destination: {} }, undefined, 'callee-unsaid', /reeve\.service/],
    ['nobody, by proof', ASKED, [], 'callee-unsaid', /reeve\.service/],
    [
      'a name of DNS',
      { ...ASKED, destination: { principal: 'orders.shop' } },
      undefined,
      'callee-unsaid',
      /identity/,
    ],
    ['one of several', ASKED, [SHARED], 'callee-ambiguous', /carts` and `production/],
    [
      'one of several, by its certificate',
      { ...ASKED, destination: { principal: SHARED } },
      undefined,
      'callee-ambiguous',
      /must say which/,
    ],
    [
      'another than it is',
      { ...ASKED, context_extensions: { 'reeve.service': 'production/shop/payments' } },
      [ORDERS],
      'callee-contradicted',
      /`production\/shop\/payments`, and is `spiffe:.*orders`/,
    ],
    ['what is no HTTP', { ...ASKED, request: {} }, undefined, 'check-not-http', /HTTP/],
    [
      'too many headers that are ours',
      withHttp({
        headers: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`x-reeve-${n}`, 'x'])),
      }),
      undefined,
      'headers-reserved',
      /32 headers/,
    ],
  ])('about %s is denied, counted and explained', (_, asked, proved, reason, message) => {
    const rig = new Rig();
    rig.proved = proved;
    const { code, httpStatus, headers } = rig.ask(asked);
    expect({ code, httpStatus }).toEqual({ code: 7, httpStatus: 403 });
    expect(headers['reeve-reason']).toMatch(message);
    expect(headers['reeve-reason']?.startsWith(`${reason}: `)).toBe(true);
    expect(rig.counted).toEqual([`denied ${reason}`]);
    expect(rig.questions).toEqual([]);
  });

  it('with a path beyond all bounds is asked with more of it than any path may have', () => {
    const rig = new Rig();
    rig.ask(withHttp({ path: `/${'a'.repeat(100_000)}` }));
    expect(rig.questions[0]?.path.length).toBe(16_384);
  });
});

describe('what an Envoy is told', () => {
  it('of a call that is allowed is to let it through', () => {
    const rig = new Rig();
    expect(rig.ask(ASKED)).toEqual({
      code: 0,
      httpStatus: undefined,
      headers: {},
      body: undefined,
      removed: [],
      metadata: { reeve: { decision: 'allowed', mode: 'enforce', reason: 'declared' } },
    });
    expect(rig.counted).toEqual(['allowed declared']);
  });

  it.each(['enforce', 'shadow'] as const)(
    'of a call that is surely allowed (%s) is the same, without a decision in full',
    (mode) => {
      const asked = new Rig();
      asked.decision = { ...ALLOWED, mode };
      const admitted: Question[] = [];
      const sure = Object.assign(new Rig(), {
        admits: () => mode,
        onAdmitted: (question: Question) => admitted.push(question),
      });
      expect(sure.ask(ASKED)).toEqual(asked.ask(ASKED));
      expect(sure.counted).toEqual(asked.counted);
      expect(sure.questions).toEqual([]);
      expect(admitted).toEqual(asked.questions);
    },
  );

  it('of a call that is denied is why, in a header and in a body', () => {
    const rig = new Rig();
    rig.decision = DENIED;
    expect(rig.ask(ASKED)).toEqual({
      code: 7,
      httpStatus: 403,
      headers: {
        'content-type': 'application/problem+json',
        'reeve-reason': 'operation-undeclared: web does not declare POST /orders.',
      },
      body: JSON.stringify({
        title: 'Forbidden',
        status: 403,
        code: 'operation-undeclared',
        detail: 'web does not declare POST /orders.',
      }),
      removed: [],
      metadata: { reeve: { decision: 'denied', mode: 'enforce', reason: 'operation-undeclared' } },
    });
    expect(rig.counted).toEqual(['denied operation-undeclared']);
  });

  it('of a service that only logs is to let it through, and why it would not be', () => {
    const rig = new Rig();
    rig.decision = { ...DENIED, mode: 'shadow' };
    const { code, metadata } = rig.ask(ASKED);
    expect({ code, metadata }).toEqual({
      code: 0,
      metadata: { reeve: { decision: 'denied', mode: 'shadow', reason: 'operation-undeclared' } },
    });
    expect(rig.counted).toEqual(['shadowed operation-undeclared']);
  });

  it.each([
    ['application/grpc', true],
    ['application/grpc+proto', true],
    ['application/grpc-web', false],
    ['application/json', false],
  ])('of a call with the type %s has a body for its caller', (type, isGrpc) => {
    const rig = new Rig();
    rig.decision = DENIED;
    const { headers, body } = rig.ask(withHttp({ headers: { 'content-type': type } }));
    const sentence = 'operation-undeclared: web does not declare POST /orders.';
    expect(body === sentence).toBe(isGrpc);
    expect('content-type' in headers).toBe(!isGrpc);
    expect(headers['reeve-reason']).toBe(sentence);
  });

  it.each([
    ['a map', (names: string[]) => ({ headers: Object.fromEntries(names.map((n) => [n, 'x'])) })],
    [
      'raw headers',
      (names: string[]) => ({
        header_map: { headers: names.map((key) => ({ key, raw_value: Buffer.from('x') })) },
      }),
    ],
  ])('is to take away the headers in %s with which only Reeve says something', (_, toHttp) => {
    const rig = new Rig();
    const names = ['x-reeve-caller', 'accept', 'x-reeve-proof', 'x-ree'];
    expect(rig.ask(withHttp(toHttp(names))).removed).toEqual(['x-reeve-caller', 'x-reeve-proof']);
  });

  it('has no line breaks in a header, nothing beyond ASCII, and an end', () => {
    const rig = new Rig();
    rig.decision = { ...DENIED, message: `no\r\nset-cookie: ä\u0000 ${'x'.repeat(5_000)}` };
    const reason = rig.ask(ASKED).headers['reeve-reason'] ?? '';
    expect(reason.startsWith('operation-undeclared: no?set-cookie: ? xxx')).toBe(true);
    expect(reason).toMatch(/^[\x20-\x7e]{1024}$/);
  });

  it('of a defect is that there is one, and nothing of it', () => {
    const rig = new Rig();
    rig.decision = () => {
      throw new Error('password of the store: hunter2');
    };
    const { code, headers, body } = rig.ask(ASKED);
    expect(code).toBe(7);
    expect(`${headers['reeve-reason']}${body}`).not.toContain('hunter2');
    expect(rig.counted).toEqual(['denied decision-failed']);
    expect(rig.defects).toHaveLength(1);
  });
});

describe('a broken question', () => {
  const inHttp = (...fields: Buffer[]) =>
    messageField(1, messageField(4, messageField(2, ...fields)));

  it.each([
    ['that ends inside a field', checkRequest(ASKED).subarray(0, -3)],
    ['with a method that is a message of another type', inHttp(Buffer.from([0x10, 1]))],
    ['with a group', Buffer.from([0x0b])],
    ['with a field 0', Buffer.from([0x00, 0x00])],
    ['of random text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('%s is denied, counted and explained', (_, message) => {
    const rig = new Rig();
    const { code, headers } = rig.send(message);
    expect(code).toBe(7);
    expect(headers['reeve-reason']).toMatch(/^check-malformed: The message is not valid protobuf/);
    expect(rig.counted).toEqual(['denied check-malformed']);
  });

  it('without anything in it is denied', () => {
    const rig = new Rig();
    expect(rig.send(Buffer.alloc(0)).headers['reeve-reason']).toMatch(/^check-not-http/);
  });

  it('with unknown fields is read without them', () => {
    const rig = new Rig();
    const more = Buffer.concat([textField(77, 'x'), checkRequest(ASKED), textField(2, 'y')]);
    expect(rig.send(more).code).toBe(0);
  });

  it('of any bytes is answered, and never let through unless the engine says so', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, byte]) => {
            const bytes = checkRequest(ASKED);
            bytes[at % bytes.length] = byte;
            return bytes;
          }),
        ),
        (bytes) => {
          const rig = new Rig();
          rig.decision = DENIED;
          expect(rig.send(Buffer.from(bytes)).code).toBe(7);
          expect(rig.counted).toHaveLength(1);
          expect(rig.defects).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
