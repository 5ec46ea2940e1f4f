import { writeRole } from '../counting/index.ts';
import { ROLE, type SpanFields } from '../reading/index.ts';
import { isAt } from './bytes.ts';
import { httpStatusOfGrpc, httpStatusOfGrpcName } from './grpc-status.ts';
import { KEY_KIND, writeStatus } from './key-parts.ts';
import type { Meaning, ProtocolMeaning } from './operation.ts';

const NAME = /^\/?([A-Za-z_][\w.]{0,254})\/([A-Za-z_]\w{0,127})$/;
const SYSTEMS = ['grpc', 'connect_rpc', 'connectrpc'].map((system) => Buffer.from(system));
const MAX_STATUS_BYTES = 64;
const MAX_SERVICE_BYTES = 256;
const MAX_METHOD_BYTES = 512;

/** Calls of gRPC, and of Connect, whose methods are the same. */
export const RPC: ProtocolMeaning = {
  writeKey(fields, key) {
    if (!fields.has(ROLE.rpcMethod)) return false;
    const status = statusByNumber(fields);
    key.byte(KEY_KIND.rpc);
    writeStatus(key, status);
    if (status === 0) writeRole(fields, ROLE.rpcStatusName, key, MAX_STATUS_BYTES);
    writeRole(fields, ROLE.rpcService, key, MAX_SERVICE_BYTES);
    writeRole(fields, ROLE.rpcMethod, key, MAX_METHOD_BYTES);
    return true;
  },

  /** New conventions put service and method into `rpc.method`, old ones apart. */
  meaning(fields): Meaning {
    const method = fields.text('rpcMethod');
    const service = fields.text('rpcService');
    const name = NAME.exec(method.includes('/') ? method : `${service}/${method}`);
    if (!name) return { reason: 'no operation' };
    const status = statusByNumber(fields) || httpStatusOfGrpcName(fields.text('rpcStatusName'));
    const isHealth = name[1] === 'grpc.health.v1.Health';
    return {
      operations: [
        {
          protocol: 'grpc',
          method: 'RPC',
          path: `/${name[1]}/${name[2]}`,
          status,
          ...(isHealth && { isOperational: true }),
        },
      ],
    };
  },
};

export function isGrpc(fields: SpanFields): boolean {
  const start = fields.start(ROLE.rpcSystem);
  const length = fields.end(ROLE.rpcSystem) - start;
  for (const system of SYSTEMS) {
    if (system.length === length && isAt(fields.bytes, start, system)) return true;
  }
  return false;
}

function statusByNumber(fields: SpanFields): number {
  return fields.has(ROLE.rpcStatus) ? httpStatusOfGrpc(fields.number(ROLE.rpcStatus)) : 0;
}
