import type { Policy } from '../../src/authorization/model/index.ts';
import { sampleService } from '../../src/authorization/testing/samples.ts';
import { messageField, textField } from '../../src/base/protobuf/index.ts';

const SERVICES = 500;
const CALLS_A_SERVICE = 20;

/** 500 services, each of which calls four others by five operations: 10,000 declared calls. */
export function policyOfBench(): Policy {
  const services = Array.from({ length: SERVICES }, (_, at) =>
    sampleService(`production/shop/${nameOf(at)}`),
  );
  const calls = services.flatMap(({ id }, at) =>
    Array.from({ length: CALLS_A_SERVICE }, (_, call) => ({
      from: id,
      to: `production/shop/${nameOf(calleeOf(at, call))}`,
      operation: `GET /v1/things-${call % 5}/{id}`,
      source: { reader: 'declarations', how: 'declared' as const, file: 'reeve.yaml', line: call },
    })),
  );
  return { services, endpoints: [], grants: calls, guardrails: [] };
}

const nameOf = (at: number) => `service-${at % SERVICES}`;
const calleeOf = (at: number, call: number) => at + 1 + Math.floor(call / 5);
const idOf = (at: number) => `spiffe://example.org/ns/shop/sa/${nameOf(at)}`;

/** Questions as an Envoy asks them, with the headers of an ordinary request; half of them are about calls that are
 *  declared. */
export function questionsOfBench(): Buffer[] {
  return Array.from({ length: 1_000 }, (_, at) => {
    const path = at % 2 === 0 ? `/v1/things-${at % 5}/${at}?full=1` : `/v1/secrets/${at}`;
    return checkRequest(idOf(at), idOf(calleeOf(at, at % CALLS_A_SERVICE)), path);
  });
}

const HEADERS = {
  ':authority': 'service.shop.svc',
  ':method': 'GET',
  ':scheme': 'https',
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate, br',
  authorization: `Bearer ${'x'.repeat(200)}`,
  'content-type': 'application/json',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'user-agent': 'service/1.7.2 node/24.21.0',
  'x-forwarded-proto': 'https',
  'x-request-id': '6f1b5c1e-8f3d-4a53-9e77-0c2e6b0f8f55',
};

function checkRequest(source: string, destination: string, path: string): Buffer {
  const http = messageField(
    2,
    textField(1, '7811734566221'),
    textField(2, 'GET'),
    ...Object.entries(HEADERS).map(([name, value]) =>
      messageField(3, textField(1, name), textField(2, value)),
    ),
    textField(4, path),
    textField(5, 'service.shop.svc'),
    textField(6, 'https'),
    textField(10, 'HTTP/2'),
  );
  return messageField(
    1,
    messageField(1, textField(4, source)),
    messageField(2, textField(4, destination)),
    messageField(4, http),
  );
}
