import type { Cursor } from './cursor.ts';
import type { HttpBinding, OptionField, OptionValue } from './syntax.ts';
import { ProtoError } from './tokens.ts';

const MAX_DEPTH = 50;
const MAX_BINDINGS = 50;

/** Reads `name = value` behind `option`, or between brackets; stops before what follows it. The name
 *  comes without parentheses and leading dot: `google.api.http`, `google.api.http.get`.
 *  @throws {ProtoError} */
export function readOption(cursor: Cursor): OptionField {
  let name = '';
  while (!cursor.at('=')) {
    if (cursor.at('(') || cursor.at(')')) cursor.take();
    else name += cursor.expectName('the name of an option').text;
  }
  cursor.expect('=');
  return { name: name.replace(/^\./, ''), value: readValue(cursor, 0) };
}

/** @see Protocol Buffers Text Format language specification */
function readValue(cursor: Cursor, depth: number): OptionValue {
  if (depth > MAX_DEPTH) {
    throw new ProtoError(`options nested deeper than ${MAX_DEPTH} levels`, cursor.token.offset);
  }
  if (cursor.at('{')) return readMessage(cursor, '{', '}', depth);
  if (cursor.at('<')) return readMessage(cursor, '<', '>', depth);
  if (cursor.takeIf('[')) {
    const items: OptionValue[] = [];
    while (!cursor.takeIf(']')) {
      items.push(readValue(cursor, depth + 1));
      cursor.takeIf(',');
    }
    return items;
  }
  if (cursor.token.kind === 'string') {
    const parts: string[] = [];
    while (cursor.token.kind === 'string') parts.push(cursor.take().text);
    return parts.join('');
  }
  while (cursor.takeIf('-') || cursor.takeIf('+'));
  return cursor.expectName('a value').text;
}

function readMessage(cursor: Cursor, open: string, close: string, depth: number): OptionField[] {
  const fields: OptionField[] = [];
  cursor.expect(open);
  while (!cursor.takeIf(close)) {
    const name = readFieldName(cursor);
    cursor.takeIf(':');
    fields.push({ name, value: readValue(cursor, depth + 1) });
    if (!cursor.takeIf(',')) cursor.takeIf(';');
  }
  return fields;
}

/** An extension's name stands in brackets. */
function readFieldName(cursor: Cursor): string {
  if (!cursor.takeIf('[')) return cursor.expectName('the name of a field').text;
  let name = '';
  while (!cursor.takeIf(']')) {
    if (cursor.atEnd) throw cursor.unexpected('`]`');
    name += cursor.take().text;
  }
  return name;
}

const HTTP_OPTION = 'google.api.http';
const METHOD_FIELDS = new Set(['get', 'put', 'post', 'delete', 'patch']);

/** The HTTP bindings that a method's options give it.
 *  @see google/api/http.proto, HttpRule */
export function httpBindings(options: readonly OptionField[]): readonly HttpBinding[] {
  const rule = options.flatMap(({ name, value }) => {
    if (name === HTTP_OPTION) return isMessage(value) ? value : [];
    return name.startsWith(`${HTTP_OPTION}.`)
      ? [{ name: name.slice(HTTP_OPTION.length + 1), value }]
      : [];
  });
  return [...bindingsOf(rule), ...additionalBindings(rule)].slice(0, MAX_BINDINGS);
}

/** A rule may name `additional_bindings` several times, or once with a list; those inside them do
 *  not count. */
function additionalBindings(rule: readonly OptionField[]): HttpBinding[] {
  return rule
    .filter(({ name }) => name === 'additional_bindings')
    .flatMap(({ value }) => (isMessage(value) ? [value] : messagesOf(value)))
    .flatMap(bindingsOf);
}

function bindingsOf(rule: readonly OptionField[]): HttpBinding[] {
  return rule.flatMap(({ name, value }) => {
    if (METHOD_FIELDS.has(name) && typeof value === 'string') {
      return [{ method: name.toUpperCase(), path: value }];
    }
    if (name !== 'custom' || !isMessage(value)) return [];
    const method = textOf(value, 'kind');
    const path = textOf(value, 'path');
    if (method === undefined || path === undefined) return [];
    return [{ method: method === '*' ? 'ANY' : method.toUpperCase(), path }];
  });
}

function textOf(message: readonly OptionField[], field: string): string | undefined {
  const value = message.find(({ name }) => name === field)?.value;
  return typeof value === 'string' ? value : undefined;
}

function isMessage(value: OptionValue): value is readonly OptionField[] {
  return Array.isArray(value) && value.every(isField);
}

function messagesOf(value: OptionValue): (readonly OptionField[])[] {
  return Array.isArray(value) ? value.filter((item) => !isField(item)).filter(isMessage) : [];
}

function isField(item: OptionField | OptionValue): item is OptionField {
  return typeof item === 'object' && !Array.isArray(item);
}
