import { Fault } from '../../base/fault.ts';
import type { GrpcService } from '../../base/grpc/index.ts';
import { integerField, messageField, textField } from '../../base/protobuf/index.ts';

export interface OtlpGrpcPorts {
  /** Reads an ExportTraceServiceRequest; resolves when what it says is durable. The bytes are valid
   *  until then. Rejects with a Fault for what is wrong, and for what is to be sent again. */
  readonly take: (body: Buffer, encoding: 'protobuf') => Promise<TakenSpans>;
}

export interface TakenSpans {
  readonly rejectedSpans: number;
  /** Why spans were rejected, in a sentence each. */
  readonly reasons: readonly string[];
}

/** Takes traces in by OTLP/gRPC. What cannot be taken now is refused with RESOURCE_EXHAUSTED and the
 *  time to wait, or with UNAVAILABLE; exporters send both again, and nothing else.
 *  @see OTLP 1.10, OTLP/gRPC; trace_service.proto */
export function otlpGrpcService({ take }: OtlpGrpcPorts): GrpcService {
  return {
    name: 'opentelemetry.proto.collector.trace.v1.TraceService',
    methods: {
      Export: {
        kind: 'unary',
        handle: async (message) => {
          try {
            return toResponse(await take(message, 'protobuf'));
          } catch (thrown) {
            if (thrown instanceof Fault) throw thrown;
            throw new Fault('otlp/unavailable', 'The spans could not be stored', { cause: thrown });
          }
        },
      },
    },
  };
}

const NOTHING_REJECTED = Buffer.alloc(0);

/** An ExportTraceServiceResponse; empty where everything was taken.
 *  @see OTLP 1.10, Full Success and Partial Success */
function toResponse({ rejectedSpans, reasons }: TakenSpans): Uint8Array {
  if (rejectedSpans === 0) return NOTHING_REJECTED;
  return messageField(1, integerField(1, rejectedSpans), textField(2, reasons.join('; ')));
}
