/** The syntax of Go templates, as far as Helm charts use it.
 *  @see https://pkg.go.dev/text/template */

export type Expression =
  | { readonly is: 'literal'; readonly value: string | number | boolean | null }
  /** `.`, `.a.b` */
  | { readonly is: 'dot'; readonly path: readonly string[] }
  /** `$`, `$x.a` */
  | { readonly is: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** `.Files.Get "x"`: a field that is called. */
  | { readonly is: 'method'; readonly target: Expression; readonly args: readonly Expression[] }
  /** `(…).a` */
  | { readonly is: 'field'; readonly base: Expression; readonly path: readonly string[] }
  /** The value of each stage is the last argument of the next. */
  | { readonly is: 'pipe'; readonly stages: readonly Expression[] };

export type Node =
  | { readonly is: 'text'; readonly text: string; readonly offset: number }
  | { readonly is: 'output'; readonly value: Expression; readonly offset: number }
  | {
      readonly is: 'assign';
      readonly name: string;
      readonly declares: boolean;
      readonly value: Expression;
      readonly offset: number;
    }
  | {
      readonly is: 'if' | 'with';
      readonly value: Expression;
      /** `with $x := …` */
      readonly name?: string;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
      readonly offset: number;
    }
  | {
      readonly is: 'range';
      readonly value: Expression;
      readonly key?: string;
      readonly name?: string;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
      readonly offset: number;
    }
  | {
      readonly is: 'template';
      readonly name: string;
      readonly value: Expression | undefined;
      readonly offset: number;
    }
  | { readonly is: 'break' | 'continue'; readonly offset: number };

export interface Template {
  readonly nodes: readonly Node[];
  /** What `define` and `block` name. */
  readonly named: ReadonlyMap<string, readonly Node[]>;
}

/** A template that does not follow the syntax, at an offset into its text. */
export class TemplateError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
