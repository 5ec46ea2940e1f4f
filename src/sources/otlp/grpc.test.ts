import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { framed, type RawClient, retrySeconds } from '../../base/grpc/testing/client.ts';
import { type Served, serve } from '../../base/grpc/testing/serve.ts';
import { integerField, messageField, textField } from '../../base/protobuf/index.ts';
import { otlpGrpcService, type TakenSpans } from './grpc.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const REQUEST = Buffer.from('any bytes: reading them is for whoever takes them');

let take: (body: Buffer) => Promise<TakenSpans>;
let served: Served;
let client: RawClient;
beforeEach(async () => {
  served = await serve({ services: [otlpGrpcService({ take: (body) => take(body) })] });
  client = served.client;
});
afterEach(() => served.close());

describe('traces over gRPC', () => {
  it('are handed on as they came, packed or not, and answered with nothing', async () => {
    const bodies: Buffer[] = [];
    take = async (body) => {
      bodies.push(Buffer.from(body));
      return { rejectedSpans: 0, reasons: [] };
    };
    const answers = [
      await client.call(EXPORT, REQUEST),
      await client.begin(EXPORT, { 'grpc-encoding': 'gzip' }).end(framed(gzipSync(REQUEST), 1)),
    ];
    for (const { code, bytes } of answers) {
      expect(code).toBe(0);
      expect(bytes).toEqual(framed(Buffer.alloc(0)));
    }
    expect(bodies).toEqual([REQUEST, REQUEST]);
  });

  it('of which some are rejected are a partial success, with the reasons', async () => {
    take = async () => ({ rejectedSpans: 300, reasons: ['no name', 'no id'] });
    const { code, bytes } = await client.call(EXPORT, REQUEST);
    expect(code).toBe(0);
    const want = messageField(1, integerField(1, 300), textField(2, 'no name; no id'));
    expect(bytes).toEqual(framed(want));
  });

  it.each([
    ['wrong', new Fault('otlp/protobuf-malformed', 'Broken'), 3, undefined],
    ['too many', new Fault('otlp/queue-too-many', 'Full'), 8, 1],
    ['not to be stored now', new Error('disk of /secret is full'), 14, 5],
  ])('that are %s are refused as exporters expect', async (_, thrown, code, retry) => {
    take = async () => {
      throw thrown;
    };
    const answer = await client.call(EXPORT, REQUEST);
    expect(answer.code).toBe(code);
    expect(retrySeconds(answer)).toBe(retry);
    expect(decodeURIComponent(answer.message ?? '')).not.toContain('secret');
  });

  it('are the only signal that is taken', async () => {
    const metrics = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
    expect((await client.call(metrics, REQUEST)).code).toBe(12);
  });
});
