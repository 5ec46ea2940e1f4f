import protobuf from 'protobufjs';

/** The messages of Envoy's external authorisation as its .proto files have them, as far as tests need them, so that
 *  what is read and written by hand is read and written by something else, too. */
const PROTO = `
syntax = "proto3";
package envoy.service.auth.v3;
message Peer { string service = 2; map<string, string> labels = 3; string principal = 4; string certificate = 5; }
message HeaderValue { string key = 1; string value = 2; bytes raw_value = 3; }
message HeaderMap { repeated HeaderValue headers = 1; }
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message HttpRequest {
  string id = 1; string method = 2; map<string, string> headers = 3; string path = 4; string host = 5;
  string scheme = 6; string query = 7; string fragment = 8; int64 size = 9; string protocol = 10; string body = 11;
  bytes raw_body = 12; HeaderMap header_map = 13;
}
message Request { Timestamp time = 1; HttpRequest http = 2; }
message AttributeContext {
  Peer source = 1; Peer destination = 2; Request request = 4; map<string, string> context_extensions = 10;
}
message CheckRequest { AttributeContext attributes = 1; }

message Status { int32 code = 1; string message = 2; }
message HttpStatus { int32 code = 1; }
message HeaderValueOption { HeaderValue header = 1; int32 append_action = 3; }
message DeniedHttpResponse { HttpStatus status = 1; repeated HeaderValueOption headers = 2; string body = 3; }
message OkHttpResponse { repeated HeaderValueOption headers = 2; repeated string headers_to_remove = 5; }
message Value { oneof kind { string string_value = 3; Struct struct_value = 5; } }
message Struct { map<string, Value> fields = 1; }
message CheckResponse {
  Status status = 1;
  oneof http_response { DeniedHttpResponse denied_response = 2; OkHttpResponse ok_response = 3; }
  Struct dynamic_metadata = 4;
}
`;

const root = protobuf.parse(PROTO, { keepCase: true }).root;
const CheckRequest = root.lookupType('envoy.service.auth.v3.CheckRequest');
const CheckResponse = root.lookupType('envoy.service.auth.v3.CheckResponse');

/** What an Envoy asks, in the names of its .proto files. */
export interface Asked {
  readonly source?: { readonly principal?: string };
  readonly destination?: { readonly principal?: string };
  readonly request?: { readonly http?: Readonly<Record<string, unknown>> };
  readonly context_extensions?: Readonly<Record<string, string>>;
}

export function checkRequest(attributes: Asked): Buffer {
  return Buffer.from(CheckRequest.encode(CheckRequest.fromObject({ attributes })).finish());
}

/** What an Envoy is told. */
export interface Told {
  /** 0: it lets the request through. */
  readonly code: number;
  readonly httpStatus: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly removed: readonly string[];
  /** The dynamic metadata. */
  readonly metadata: unknown;
}

interface Decoded {
  readonly status?: { readonly code?: number };
  readonly denied_response?: {
    readonly status: { readonly code: number };
    readonly headers?: readonly {
      readonly header: { readonly key: string; readonly value: string };
      readonly append_action: number;
    }[];
    readonly body: string;
  };
  readonly ok_response?: { readonly headers_to_remove?: readonly string[] };
  readonly dynamic_metadata?: unknown;
}

export function told(answer: Uint8Array): Told {
  const { status, denied_response, ok_response, dynamic_metadata } = CheckResponse.toObject(
    CheckResponse.decode(answer),
  ) as Decoded;
  const headers = denied_response?.headers ?? [];
  // 2: OVERWRITE_IF_EXISTS_OR_ADD
  if (headers.some(({ append_action: action }) => action !== 2)) throw new Error('a header adds');
  return {
    code: status?.code ?? 0,
    httpStatus: denied_response?.status.code,
    headers: Object.fromEntries(headers.map(({ header }) => [header.key, header.value])),
    body: denied_response?.body,
    removed: ok_response?.headers_to_remove ?? [],
    metadata: plain(dynamic_metadata),
  };
}

function plain(value: unknown): unknown {
  const { fields, string_value, struct_value } = value as {
    readonly fields?: Readonly<Record<string, unknown>>;
    readonly string_value?: string;
    readonly struct_value?: unknown;
  };
  if (fields === undefined) return string_value ?? plain(struct_value);
  return Object.fromEntries(Object.entries(fields).map(([key, inside]) => [key, plain(inside)]));
}
