import type { SyntaxNode } from '../parse.ts';
import { Scope } from './scope.ts';
import type { ObjectValue, Value } from './values.ts';

/** One file while it is interpreted. */
export class Module {
  readonly path: string;
  readonly text: string;
  readonly root: SyntaxNode;
  readonly scope: Scope;
  /** What ESM exports and `exports.name =` fill. */
  readonly exports: ObjectValue;
  /** What `module.exports =` or `export =` puts in its place. */
  replacement: Value | undefined;
  hasRun = false;

  constructor(path: string, text: string, root: SyntaxNode) {
    this.path = path;
    this.text = text;
    this.root = root;
    this.scope = new Scope(this);
    this.exports = { kind: 'object', fields: new Map(), module: path };
  }

  /** What `require` gives. */
  get value(): Value {
    return this.replacement ?? this.exports;
  }

  /** What `import x from` gives: of CommonJS, all of it. */
  get defaultExport(): Value {
    return this.exports.fields.get('default') ?? this.value;
  }

  named(name: string): Value | undefined {
    const own = this.exports.fields.get(name);
    if (own !== undefined) return own;
    return this.replacement?.kind === 'object' ? this.replacement.fields.get(name) : undefined;
  }
}
