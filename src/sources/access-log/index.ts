/** Logs of requests, line by line. */
export {
  AccessLogDecoder,
  type DecoderOptions,
  MAX_LINE_BYTES,
  type SightingSink,
} from './decoder.ts';
export { type AccessLogFormat, FORMAT_NAMES } from './formats.ts';
export { requestOf } from './json-log.ts';
export { type LineSink, Lines } from './lines.ts';
export { DROP_REASONS, type DropReason, type LoggedRequest } from './logged-request.ts';
export { parseTime } from './time.ts';
export { type LogSubject, pastTime, toSighting } from './to-sighting.ts';
