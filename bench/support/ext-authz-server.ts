import { createServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { extAuthz } from '../../src/authorization/enforcement/ext-authz/index.ts';
import { EnforcementPoint } from '../../src/authorization/enforcement/point/index.ts';
import { Engine } from '../../src/authorization/engine/index.ts';
import { createGrpcServer, type GrpcService } from '../../src/base/grpc/index.ts';
import { policyOfBench } from './ext-authz-policy.ts';

/** One of the servers that are measured, in a process of its own: it tells its port. */
const SERVERS: Readonly<Record<string, () => Server>> = {
  /** HTTP/2 as Node has it, with the frames that a call of gRPC takes, and nothing else. */
  constant: () => {
    const answer = Buffer.concat([Buffer.from([0, 0, 0, 0, 60]), Buffer.alloc(60, 1)]);
    const server = createServer();
    server.on('stream', (stream) => {
      stream.on('data', () => {});
      stream.on('end', () => {
        const headers = { ':status': 200, 'content-type': 'application/grpc' };
        stream.respond(headers, { waitForTrailers: true });
        stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(answer);
      });
    });
    return server;
  },
  /** The gRPC server, whose handler answers with the same bytes. */
  unary: () => {
    const answer = Buffer.alloc(60, 1);
    const name = 'envoy.service.auth.v3.Authorization';
    return serve({
      name,
      methods: { Check: { kind: 'direct', handle: () => answer } },
    });
  },
  /** The same with external authorisation. */
  check: () => {
    const policy = policyOfBench();
    const clear = { kind: 'clear' } as const;
    const point = new EnforcementPoint();
    point.put(policy, new Engine(policy, { standing: () => clear, judge: () => clear }));
    return serve(
      extAuthz({
        admits: (question) => point.admits(question),
        decide: (question) => point.decide(question),
        servicesOf: (spiffeId) => point.servicesOf(spiffeId),
        count: () => {},
        onDefect: (thrown) => {
          throw thrown;
        },
      }),
    );
  },
};

function serve(service: GrpcService): Server {
  return createGrpcServer({ services: [service] }).server;
}

const server = SERVERS[process.argv[2] ?? '']?.();
if (!server) throw new Error('unknown server');
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
