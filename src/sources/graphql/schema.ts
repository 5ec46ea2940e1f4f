import {
  type ASTNode,
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  GraphQLError,
  type InputValueDefinitionNode,
  Kind,
  type OperationTypeNode,
  parse,
  type TypeNode,
} from 'graphql';
import type { Position } from '../../base/text.ts';
import { detached } from '../detached.ts';

/** Bounds what one schema may cost; GitHub's has 450,000 tokens. */
const MAX_TOKENS = 2_000_000;

/** What of one text of schema definition language matters for endpoints. */
export interface Schema {
  readonly problems: readonly SchemaProblem[];
  readonly types: readonly SchemaType[];
  /** Names of the root types, where the text has a `schema` with them. */
  readonly roots: readonly { readonly operation: OperationTypeNode; readonly type: string }[];
}

export interface SchemaType {
  readonly name: string;
  readonly fields: readonly SchemaField[];
  /** Of a union, the types it joins. */
  readonly members: readonly string[];
}

export interface SchemaField extends Position {
  readonly name: string;
  /** Named types of the result and of the arguments. */
  readonly types: readonly string[];
  readonly arguments: readonly string[];
  readonly deprecated: boolean;
  readonly secured: boolean;
}

export interface SchemaProblem extends Position {
  readonly message: string;
}

/** Directives that let only authenticated callers through.
 *  @see Apollo Federation: `@authenticated`, `@requiresScopes`, `@policy`; AWS AppSync; Hasura and
 *  the common `@auth` */
const SECURITY_DIRECTIVES = new Set([
  'auth',
  'authenticated',
  'requiresScopes',
  'policy',
  'hasRole',
  'hasScope',
  'isAuthenticated',
  'aws_auth',
  'aws_cognito_user_pools',
  'aws_iam',
  'aws_oidc',
]);

/** Definitions that cannot be read, of one text; with one more, the rest is not read. */
const MAX_PROBLEMS = 10;

/** Reads schema definitions; operations of clients in the text are passed over, and a definition
 *  that cannot be read costs a problem.
 *  @see GraphQL specification, October 2021, §3 (Type System) */
export function readSchema(text: string): Schema {
  const problems: SchemaProblem[] = [];
  let rest = text;
  while (problems.length < MAX_PROBLEMS) {
    const read = readWhole(rest);
    if (!('message' in read)) return { ...read, problems };
    problems.push(read);
    const without = withoutDefinition(rest, read);
    if (without === undefined) break;
    rest = without;
  }
  return { types: [], roots: [], problems };
}

function readWhole(text: string): Omit<Schema, 'problems'> | SchemaProblem {
  try {
    const { definitions } = parse(text, { maxTokens: MAX_TOKENS });
    return { types: definitions.flatMap(typeOf), roots: definitions.flatMap(rootsOf) };
  } catch (thrown) {
    if (thrown instanceof RangeError) {
      return { message: 'nested too deeply to be read', line: 1, column: 1 };
    }
    if (!(thrown instanceof GraphQLError)) throw thrown;
    if (isBlank(text)) return { types: [], roots: [] };
    const { line = 1, column = 1 } = thrown.locations?.[0] ?? {};
    return { message: withoutValues(thrown.message), line, column };
  }
}

/** The word that a definition begins with, at the beginning of a line. */
const DEFINITION =
  /^(?:extend[ \t]+)?(?:schema|type|interface|input|enum|union|scalar|directive|query|mutation|subscription|fragment)\b/;

/** The text with empty lines in place of the definition around a place; undefined where that is not
 *  seen. */
function withoutDefinition(text: string, { line: broken, column }: Position): string | undefined {
  const lines = text.split('\n');
  const isStart = (line: string): boolean => DEFINITION.test(line);
  // What is missing at the end of a definition is missed at the first words of the next.
  const at = lines[broken - 1] ?? '';
  const isBefore = isStart(at) && /^\w*\s*\w*$/.test(at.slice(0, column - 1).trimEnd());
  const last = isBefore ? broken - 1 : broken;
  const start = lines.slice(0, last).findLastIndex(isStart);
  const next = lines.findIndex((line, index) => index >= last && isStart(line));
  if (start === -1) return undefined;
  const end = next === -1 ? lines.length : next;
  return lines.map((line, index) => (index >= start && index < end ? '' : line)).join('\n');
}

/** Nothing but comments: the language wants a definition, but there is nothing wrong. */
function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^[\s,\ufeff]*(?:#|$)/.test(line));
}

/** Strings are not repeated: one may hold a secret. */
function withoutValues(message: string): string {
  return message
    .replace(/\b(BlockString|String|Int|Float|Comment) ".*"/s, '$1')
    .replace(/^Syntax Error: /, 'not valid GraphQL: ')
    .slice(0, 200);
}

function typeOf(node: ASTNode): SchemaType[] {
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION: {
      const isSecured = hasSecurity(node.directives);
      const fields = (node.fields ?? []).map((field) => fieldOf(field, isSecured));
      return [{ name: detached(node.name.value), fields, members: [] }];
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION: {
      const fields = (node.fields ?? []).map((field) => fieldOf(field, false));
      return [{ name: detached(node.name.value), fields, members: [] }];
    }
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.UNION_TYPE_EXTENSION: {
      const members = (node.types ?? []).map((type) => detached(type.name.value));
      return [{ name: detached(node.name.value), fields: [], members }];
    }
    default:
      return [];
  }
}

function rootsOf(node: ASTNode): Schema['roots'] {
  if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) return [];
  return (node.operationTypes ?? []).map(({ operation, type }) => {
    return { operation, type: detached(type.name.value) };
  });
}

function fieldOf(
  field: FieldDefinitionNode | InputValueDefinitionNode,
  isSecured: boolean,
): SchemaField {
  const inputs = field.kind === Kind.FIELD_DEFINITION ? (field.arguments ?? []) : [];
  const { line = 1, column = 1 } = field.name.loc?.startToken ?? {};
  return {
    name: detached(field.name.value),
    types: [field.type, ...inputs.map((input) => input.type)].map(namedType),
    arguments: inputs.map((input) => detached(input.name.value)),
    deprecated: field.directives?.some(({ name }) => name.value === 'deprecated') ?? false,
    secured: isSecured || hasSecurity(field.directives),
    line,
    column,
  };
}

function hasSecurity(directives: readonly ConstDirectiveNode[] = []): boolean {
  return directives.some(({ name }) => SECURITY_DIRECTIVES.has(name.value));
}

function namedType(type: TypeNode): string {
  let inner = type;
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type;
  return detached(inner.name.value);
}
