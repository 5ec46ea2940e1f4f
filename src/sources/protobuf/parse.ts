import { Cursor } from './cursor.ts';
import { httpBindings, readOption } from './options.ts';
import {
  type OptionField,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ProtoMethod,
  type ProtoService,
  SCALAR_TYPES,
} from './syntax.ts';
import { ProtoError } from './tokens.ts';

const MAX_DEPTH = 50;
const MAX_PROBLEMS = 20;

export interface ParsedProto {
  readonly file: ProtoFile;
  readonly problems: readonly ProtoError[];
}

/** Reads a .proto file of any syntax (proto2, proto3, editions). A declaration that cannot be read
 *  is a problem, and the next one is read.
 *  @see Protocol Buffers language specification */
export function parseProto(text: string): ParsedProto {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #problems: ProtoError[] = [];
  readonly #messages: ProtoMessage[] = [];
  readonly #services: ProtoService[] = [];
  #package = '';
  #deprecated = false;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ParsedProto {
    try {
      const cursor = new Cursor(this.#text);
      while (!cursor.atEnd && this.#problems.length < MAX_PROBLEMS) {
        this.#recover(cursor, () => this.#declaration(cursor));
        // What closes nothing.
        cursor.takeIf('}');
      }
    } catch (thrown) {
      this.#note(thrown);
    }
    return {
      file: {
        package: this.#package,
        messages: this.#messages,
        services: this.#services,
        deprecated: this.#deprecated,
      },
      problems: this.#problems,
    };
  }

  /** What stands behind a mistake is read on from the end of its statement. */
  #recover(cursor: Cursor, read: () => void): void {
    try {
      read();
    } catch (thrown) {
      this.#note(thrown);
      cursor.skipStatement();
    }
  }

  #note(thrown: unknown): void {
    if (!(thrown instanceof ProtoError)) throw thrown;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(thrown);
  }

  #declaration(cursor: Cursor): void {
    takeVisibility(cursor);
    if (cursor.takeIf('package')) {
      this.#package = cursor.expectName('the name of a package').text;
      cursor.expect(';');
    } else if (cursor.takeIf('option')) {
      if (isDeprecated([this.#option(cursor)])) this.#deprecated = true;
    } else if (cursor.takeIf('message')) {
      this.#message(cursor, this.#package, 0);
    } else if (cursor.takeIf('service')) {
      this.#service(cursor);
    } else if (SKIPPED_DECLARATIONS.some((word) => cursor.at(word))) {
      cursor.skipStatement();
    } else {
      throw cursor.unexpected('a declaration (`message`, `service` …)');
    }
  }

  #option(cursor: Cursor): OptionField {
    const option = readOption(cursor);
    cursor.expect(';');
    return option;
  }

  #message(cursor: Cursor, scope: string, depth: number): void {
    const name = cursor.expectName('the name of a message');
    if (depth > MAX_DEPTH) {
      throw new ProtoError(`messages nested deeper than ${MAX_DEPTH} levels`, name.offset);
    }
    const fullName = join(scope, name.text);
    const fields: ProtoField[] = [];
    this.#messages.push({ fullName, fields });
    // A group is numbered before its body.
    while (!cursor.at('{')) {
      if (cursor.atEnd || cursor.at('}') || cursor.at(';')) throw cursor.unexpected('`{`');
      cursor.take();
    }
    this.#body(cursor, () => this.#member(cursor, fullName, fields, depth));
  }

  /** The statements between braces, each by `read`. */
  #body(cursor: Cursor, read: () => void): void {
    cursor.expect('{');
    while (!cursor.takeIf('}')) {
      if (cursor.atEnd) throw cursor.unexpected('`}`');
      if (!cursor.takeIf(';')) this.#recover(cursor, read);
    }
  }

  #member(cursor: Cursor, message: string, fields: ProtoField[], depth: number): void {
    takeVisibility(cursor);
    const first = cursor.expectName('a field');
    // Keywords may also be the names of types; then a number follows the name, not a body.
    const isKeyword = cursor.token.kind === 'word';
    if (first.text === 'message' && isKeyword) {
      this.#message(cursor, message, depth + 1);
    } else if (first.text === 'oneof' && isKeyword) {
      cursor.take();
      this.#body(cursor, () => this.#member(cursor, message, fields, depth));
    } else if (SKIPPED_MEMBERS.has(first.text)) {
      cursor.skipStatement();
    } else {
      const type = LABELS.has(first.text) && isKeyword ? cursor.take().text : first.text;
      if (type === 'group') this.#group(cursor, message, fields, depth);
      else fields.push(this.#field(cursor, type));
    }
  }

  /** `written` is the type, or `map` before the types of keys and values. */
  #field(cursor: Cursor, written: string): ProtoField {
    let type = written;
    if (written === 'map' && cursor.takeIf('<')) {
      cursor.expectName('the type of keys');
      cursor.expect(',');
      type = cursor.expectName('the type of values').text;
      cursor.expect('>');
    }
    const name = cursor.expectName('the name of a field').text;
    cursor.expect('=');
    cursor.skipStatement();
    return { name, type: SCALAR_TYPES.has(type) ? undefined : type };
  }

  /** @see proto2 specification, Group field: a message and a field of it at once */
  #group(cursor: Cursor, message: string, fields: ProtoField[], depth: number): void {
    const type = cursor.token.text;
    fields.push({ name: type.toLowerCase(), type });
    this.#message(cursor, message, depth + 1);
  }

  #service(cursor: Cursor): void {
    const name = cursor.expectName('the name of a service').text;
    const methods: ProtoMethod[] = [];
    const options: OptionField[] = [];
    try {
      this.#body(cursor, () => {
        if (cursor.takeIf('option')) options.push(this.#option(cursor));
        else if (cursor.takeIf('rpc')) methods.push(this.#method(cursor));
        else throw cursor.unexpected('`rpc` or `option`');
      });
    } finally {
      this.#services.push({ name, methods, deprecated: isDeprecated(options) });
    }
  }

  #method(cursor: Cursor): ProtoMethod {
    const name = cursor.expectName('the name of a method');
    const request = this.#methodType(cursor);
    cursor.expect('returns');
    const response = this.#methodType(cursor);
    const options: OptionField[] = [];
    if (cursor.at('{')) {
      this.#body(cursor, () => {
        cursor.expect('option');
        options.push(this.#option(cursor));
      });
    } else cursor.expect(';');
    return {
      name: name.text,
      request,
      response,
      deprecated: isDeprecated(options),
      http: httpBindings(options),
      offset: name.offset,
    };
  }

  #methodType(cursor: Cursor): string {
    cursor.expect('(');
    const first = cursor.expectName('the type of a message').text;
    const type = first === 'stream' && !cursor.at(')') ? cursor.expectName('a type').text : first;
    cursor.expect(')');
    return type;
  }
}

const SKIPPED_DECLARATIONS = ['syntax', 'edition', 'import', 'enum', 'extend', ';'] as const;
const LABELS = new Set(['optional', 'required', 'repeated']);
const SKIPPED_MEMBERS = new Set(['option', 'enum', 'reserved', 'extensions', 'extend']);

function isDeprecated(options: readonly OptionField[]): boolean {
  return options.some(({ name, value }) => name === 'deprecated' && value === 'true');
}

/** @see Edition 2024, Symbol visibility: `export message`, `local enum` */
function takeVisibility(cursor: Cursor): void {
  const next = cursor.at('export') || cursor.at('local') ? cursor.peek() : undefined;
  if (next?.text === 'message' || next?.text === 'enum') cursor.take();
}

function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
