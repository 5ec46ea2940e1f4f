import type { CallSighting, Party, Sighting } from '../../../estate/index.ts';
import { type DecoderLimits, type DecoderOptions, type Encoding, OtlpDecoder } from '../decoder.ts';
import type { Taken } from '../taken.ts';
import {
  type ResourceFields,
  type SpanFields,
  toJsonRequest,
  toProtobufRequest,
} from './encode.ts';

/** A time that the decoders of tests are told. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

export function newDecoder(
  limits: Partial<DecoderLimits> = {},
  options: DecoderOptions = {},
): OtlpDecoder {
  return new OtlpDecoder(
    { pairWindowSeconds: 30, maxHalves: 1_000, maxParties: 100, ...limits },
    { seed: 7, ...options },
  );
}

export function encode(encoding: Encoding, resources: readonly ResourceFields[]): Buffer {
  if (encoding === 'protobuf') return toProtobufRequest(resources);
  return Buffer.from(JSON.stringify(toJsonRequest(resources)));
}

export function take(decoder: OtlpDecoder, now: number, ...resources: ResourceFields[]): Taken {
  return decoder.take(toProtobufRequest(resources), 'protobuf', now);
}

/** Spans of a service in the namespace `shop`, with identifiers and a time where they give none. */
export function of(service: string, ...spans: SpanFields[]): ResourceFields {
  return {
    resource: { 'service.name': service, 'k8s.namespace.name': 'shop' },
    spans: spans.map((span) => ({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      startMs: NOW,
      ...span,
    })),
  };
}

const CALL_ID = 'b'.repeat(16);

/** The caller's side of a call of `orders`. */
export const CLIENT_SPAN: SpanFields = {
  spanId: CALL_ID,
  kind: 3,
  attributes: { 'server.address': 'orders', 'server.port': 8080 },
};

/** The other side of it. */
export const SERVER_SPAN: SpanFields = {
  spanId: 'c'.repeat(16),
  parentSpanId: CALL_ID,
  kind: 2,
  attributes: { 'http.request.method': 'GET', 'http.route': '/orders/:id' },
};

/** `orders: GET /orders/{id} 200 x3` */
export function said(sighting: Sighting): string {
  const { service, method, path, route, status, count } = sighting;
  return `${nameOf(service)}: ${method} ${route ?? path} ${status} x${count}`;
}

/** `web -> orders GET /orders/{id}` */
export function saidCall({ caller, service, operation }: CallSighting): string {
  const what = operation ? `${operation.method} ${operation.route ?? operation.path}` : '*';
  return `${nameOf(caller)} -> ${nameOf(service)} ${what}`;
}

function nameOf({ subject }: Party): string {
  return subject.by === 'name' ? subject.name : subject.by === 'address' ? subject.host : '';
}

export function countsOf({ counts }: Taken): Record<string, number> {
  return Object.fromEntries(counts.map(({ reason, count }) => [reason, count]));
}
