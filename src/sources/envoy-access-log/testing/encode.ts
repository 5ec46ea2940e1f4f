import { bytesField, integerField, messageField, textField } from '../../../base/protobuf/index.ts';

/** Encodes what an Envoy sends, for tests: written from its API's definitions. */

export interface NodeFields {
  readonly id?: string;
  readonly cluster?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface CommonFields {
  readonly startedAt?: number;
  readonly cluster?: string;
  /** URIs in the client's certificate; an empty list is a certificate without any. */
  readonly peer?: readonly string[];
  /** Number of envoy.data.accesslog.v3.AccessLogType. */
  readonly type?: number;
  readonly filters?: readonly string[];
  readonly durationMs?: number;
  /** Of the client as headers tell it; `10.0.0.1` where absent. */
  readonly remote?: string;
  /** Of the physical peer. */
  readonly directRemote?: string;
  readonly local?: string;
  readonly upstream?: string;
  /** Numbers of flags in envoy.data.accesslog.v3.ResponseFlags. */
  readonly flags?: readonly number[];
  /** An authorizer refused it. */
  readonly isUnauthorized?: boolean;
  readonly terminationDetails?: string;
}

export interface HttpFields extends CommonFields {
  readonly version?: number;
  /** Number of envoy.config.core.v3.RequestMethod. */
  readonly method?: number;
  readonly authority?: string;
  readonly path?: string;
  readonly userAgent?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly trailers?: Readonly<Record<string, string>>;
  readonly details?: string;
}

export const METHOD = { GET: 1, HEAD: 2, POST: 3, CONNECT: 6, OPTIONS: 7, TRACE: 8 } as const;

export function identifier({ id = '', cluster = '', metadata = {} }: NodeFields): Buffer {
  const struct = Object.entries(metadata).map(([key, value]) =>
    messageField(1, textField(1, key), messageField(2, textField(3, value))),
  );
  const node = [textField(1, id), textField(2, cluster), messageField(3, ...struct)];
  return messageField(1, messageField(1, ...node), textField(2, 'log'));
}

export function httpLogs(...entries: readonly HttpFields[]): Buffer {
  return messageField(2, ...entries.map((entry) => messageField(1, httpEntry(entry))));
}

export function tcpLogs(...entries: readonly CommonFields[]): Buffer {
  return messageField(
    3,
    ...entries.map((entry) => messageField(1, messageField(1, common(entry)))),
  );
}

function httpEntry(fields: HttpFields): Buffer {
  const { version = 2, method = METHOD.GET, authority = 'orders', path = '/orders' } = fields;
  const request = [
    integerField(1, method),
    textField(2, 'http'),
    textField(3, authority),
    textField(5, path),
    textField(6, fields.userAgent ?? 'test'),
    ...pairs(13, fields.headers),
  ];
  const { status = 200 } = fields;
  const response = [
    messageField(1, integerField(1, status)),
    ...pairs(5, fields.trailers),
    textField(6, fields.details ?? ''),
  ];
  return Buffer.concat([
    messageField(1, common(fields)),
    integerField(2, version),
    messageField(3, ...request),
    messageField(4, ...response),
  ]);
}

function common(fields: CommonFields): Buffer {
  const { startedAt, cluster = '', peer, type = 6, filters = [], remote = '10.0.0.1' } = fields;
  return Buffer.concat([
    address(2, remote),
    address(3, fields.local),
    peer ? messageField(4, integerField(1, 4), messageField(5, ...peer.map(uri))) : NONE,
    startedAt === undefined ? NONE : messageField(5, ...timestamp(startedAt)),
    address(13, fields.upstream),
    textField(15, cluster),
    messageField(16, ...flagsOf(fields)),
    messageField(17, ...filters.map((name) => messageField(1, textField(1, name)))),
    address(20, fields.directRemote),
    fields.durationMs === undefined ? NONE : messageField(23, ...timestamp(fields.durationMs)),
    textField(25, fields.terminationDetails ?? ''),
    textField(26, 'id of the stream'),
    integerField(33, type),
  ]);
}

const NONE = Buffer.alloc(0);

function address(field: number, text: string | undefined): Buffer {
  if (text === undefined) return NONE;
  return messageField(field, messageField(1, textField(2, text), integerField(3, 4711)));
}

function flagsOf({ flags = [], isUnauthorized }: CommonFields): Buffer[] {
  const unauthorized = isUnauthorized ? messageField(13, integerField(1, 1)) : NONE;
  return [...flags.map((flag) => integerField(flag, 1)), unauthorized];
}

function uri(text: string): Buffer {
  return messageField(1, textField(1, text));
}

function timestamp(milliseconds: number): Buffer[] {
  const seconds = Math.floor(milliseconds / 1_000);
  return [integerField(1, seconds), integerField(2, (milliseconds - seconds * 1_000) * 1_000_000)];
}

function pairs(field: number, values: Readonly<Record<string, string>> = {}): Buffer[] {
  return Object.entries(values).map(([key, value]) =>
    bytesField(field, Buffer.concat([textField(1, key), textField(2, value)])),
  );
}
