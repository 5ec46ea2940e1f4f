import { Fault, quote } from '../fault.ts';
import { integerField, WireReader } from '../protobuf/index.ts';
import type { GrpcService } from './method.ts';

const SERVING = 1;
const NOT_SERVING = 2;
const MAX_NAME_BYTES = 200;

/** Says whether services are there, to probes of the platform; `` asks for the server as a whole.
 *  @see grpc.health.v1.Health */
export function healthService(names: readonly string[], isServing: () => boolean): GrpcService {
  const known = new Set(['', ...names]);
  return {
    name: 'grpc.health.v1.Health',
    isOpen: true,
    methods: {
      Check: {
        kind: 'unary',
        handle: async (message) => {
          const name = readName(message);
          if (!known.has(name)) {
            throw new Fault('grpc/service-not-found', `There is no service ${quote(name)} here`);
          }
          return integerField(1, isServing() ? SERVING : NOT_SERVING);
        },
      },
    },
  };
}

function readName(message: Buffer): string {
  let name = '';
  const request = new WireReader(message);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) name = request.text(MAX_NAME_BYTES);
    else request.skip();
  }
  return name;
}
