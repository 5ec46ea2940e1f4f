/** Bytes and texts of requests to the places of wanted fields. */

export { COUNTED_ATTRIBUTES, ROLE, type Role } from './attributes.ts';
export { JsonReader } from './json.ts';
export { ProtobufReader, type RequestHandler } from './protobuf.ts';
export { MAX_LINKS, SPAN_KIND, SpanFields, STATUS_CODE } from './span-fields.ts';
export { TextFields } from './text-fields.ts';
export { uint32 } from './wire.ts';
