import type { WireReader } from '../../base/protobuf/index.ts';
import {
  type CommonProperties,
  isDenial,
  NO_PROPERTIES,
  readCommonProperties,
} from './common-properties.ts';
import { type HeaderWords, NO_HEADERS, readHeader } from './headers.ts';

/** One request, as an Envoy logs it: the fields that are wanted. */
export interface HttpEntry {
  readonly common: CommonProperties;
  /** HTTP/2 and HTTP/3: what gRPC needs. */
  readonly isMultiplexed: boolean;
  readonly method: string | undefined;
  readonly authority: string;
  /** With its query, cut after 8 kB. */
  readonly target: string;
  readonly userAgent: string;
  readonly requestHeaders: HeaderWords;
  readonly responseHeaders: HeaderWords;
  /** 0 where none was sent. */
  readonly status: number;
  /** A policy refused it, as the details of the answer say. */
  readonly isDenied: boolean;
}

/** By their numbers; 0 is what has no number.
 *  @see envoy.config.core.v3.RequestMethod */
const METHODS = [
  undefined,
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
] as const;
const HTTP2 = 3;
const MAX_TARGET_BYTES = 8 * 1024;
const MAX_AUTHORITY_BYTES = 300;
const MAX_AGENT_BYTES = 100;
const MAX_DETAILS_BYTES = 100;

type Building = { -readonly [Key in keyof HttpEntry]: HttpEntry[Key] };

/** @throws {Fault} `protobuf/malformed`
 *  @see envoy.data.accesslog.v3.HTTPAccessLogEntry */
export function readHttpEntry(message: WireReader): HttpEntry {
  const entry: Building = {
    common: NO_PROPERTIES,
    isMultiplexed: false,
    method: undefined,
    authority: '',
    target: '',
    userAgent: '',
    requestHeaders: NO_HEADERS,
    responseHeaders: NO_HEADERS,
    status: 0,
    isDenied: false,
  };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) entry.common = readCommonProperties(message.message());
    else if (field === 2) entry.isMultiplexed = message.integer() >= HTTP2;
    else if (field === 3) readRequest(message.message(), entry);
    else if (field === 4) readResponse(message.message(), entry);
    else message.skip();
  }
  return entry;
}

/** @see envoy.data.accesslog.v3.HTTPRequestProperties */
function readRequest(message: WireReader, entry: Building): void {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) entry.method = METHODS[message.integer()];
    else if (field === 3) entry.authority = message.text(MAX_AUTHORITY_BYTES);
    else if (field === 5) entry.target = message.text(MAX_TARGET_BYTES);
    else if (field === 6) entry.userAgent = message.text(MAX_AGENT_BYTES);
    else if (field === 13)
      entry.requestHeaders = readHeader(message.message(), entry.requestHeaders);
    else message.skip();
  }
}

/** Headers and trailers alike: a status of gRPC may stand in either.
 *  @see envoy.data.accesslog.v3.HTTPResponseProperties */
function readResponse(message: WireReader, entry: Building): void {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) entry.status = readWrapped(message.message());
    else if (field === 4 || field === 5) {
      entry.responseHeaders = readHeader(message.message(), entry.responseHeaders);
    } else if (field === 6) entry.isDenied = isDenial(message.text(MAX_DETAILS_BYTES));
    else message.skip();
  }
}

/** The number in a google.protobuf.UInt32Value. */
function readWrapped(message: WireReader): number {
  let value = 0;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) value = message.integer();
    else message.skip();
  }
  return value >= 100 && value <= 999 ? value : 0;
}
