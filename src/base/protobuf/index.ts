/** Protobuf by hand: reading wanted fields from the wire without a schema, and writing small messages. */
export { WireReader } from './reader.ts';
export { bytesField, doubleField, integerField, messageField, textField } from './writer.ts';
