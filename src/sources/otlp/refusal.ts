import { Fault, statusOf } from '../../base/fault.ts';
import { entryOf } from '../../base/pick.ts';
import type { OtlpReason } from './reasons.ts';

/** Of what reads a request, over HTTP and over gRPC. */
const REFUSALS: Readonly<Record<string, OtlpReason>> = {
  'otlp/not-found': 'not found',
  'otlp/method-invalid': 'not a POST',
  'otlp/type-unsupported-media-type': 'content type',
  'otlp/coding-unsupported-media-type': 'content encoding',
  'otlp/requests-too-many': 'too many at once',
  'otlp/bytes-too-many': 'too many at once',
  'otlp/body-too-large': 'too large',
  'otlp/json-too-large': 'too large',
  'otlp/inflated-too-large': 'too large unpacked',
  'otlp/gzip-malformed': 'broken gzip',
  'otlp/body-broken': 'broken off',
  'otlp/protobuf-malformed': 'broken protobuf',
  'otlp/json-malformed': 'broken JSON',
  'kong/method-invalid': 'not a POST',
  'kong/json-malformed': 'broken JSON',
  'protobuf/malformed': 'broken protobuf',
  'grpc/method-unimplemented': 'not found',
  'grpc/service-not-found': 'not found',
  'grpc/coding-unimplemented': 'content encoding',
  'grpc/calls-too-many': 'too many at once',
  'grpc/bytes-too-many': 'too many at once',
  'grpc/message-too-large': 'too large',
  'grpc/inflated-too-large': 'too large unpacked',
  'grpc/gzip-malformed': 'broken gzip',
  'grpc/frame-broken': 'broken frames',
  'grpc/cardinality-unimplemented': 'broken frames',
  'grpc/timeout-malformed': 'broken frames',
  'grpc/deadline-exceeded': 'too slow',
};

/** Why a request was refused, in the words that are counted, whatever it came by. Faults that are not of
 *  reading it come from admission or from storing. */
export function refusalOf(thrown: unknown): OtlpReason {
  if (!(thrown instanceof Fault)) return 'could not be stored';
  const own = entryOf(REFUSALS, thrown.code);
  if (own !== undefined) return own;
  const { http } = statusOf(thrown.code);
  if (http === 401 || http === 403) return 'host or token refused';
  return http === 429 ? 'too many at once' : 'could not be stored';
}
