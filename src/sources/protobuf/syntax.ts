/** What of a .proto file matters for endpoints. Names are as written; `scope` is what they are
 *  resolved from. */
export interface ProtoFile {
  readonly package: string;
  readonly messages: readonly ProtoMessage[];
  readonly services: readonly ProtoService[];
  readonly deprecated: boolean;
}

export interface ProtoMessage {
  /** With package and enclosing messages: `shop.v1.Order.Line`. */
  readonly fullName: string;
  readonly fields: readonly ProtoField[];
}

export interface ProtoField {
  readonly name: string;
  /** As written, of a map the type of its values; undefined for scalars. */
  readonly type: string | undefined;
}

export interface ProtoService {
  readonly name: string;
  readonly methods: readonly ProtoMethod[];
  readonly deprecated: boolean;
}

export interface ProtoMethod {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly deprecated: boolean;
  readonly http: readonly HttpBinding[];
  readonly offset: number;
}

/** One `google.api.http` rule or additional binding. */
export interface HttpBinding {
  /** Upper case. */
  readonly method: string;
  /** As written: `/v1/{name=shelves/*}:archive`. */
  readonly path: string;
}

/** The value of an option: a word, a string, or a message in text format, whose fields may repeat. */
export type OptionValue = string | readonly OptionField[] | readonly OptionValue[];

export interface OptionField {
  readonly name: string;
  readonly value: OptionValue;
}

export const SCALAR_TYPES: ReadonlySet<string> = new Set([
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
]);
