/** Bytes and texts of requests to the places of wanted fields. */

export { ROLE, type Role } from './attributes.ts';
export { JsonReader } from './json.ts';
export { ProtobufReader, type RequestHandler } from './protobuf.ts';
export { SPAN_KIND, SpanFields } from './span-fields.ts';
export { TextFields } from './text-fields.ts';
export { uint32 } from './wire.ts';
