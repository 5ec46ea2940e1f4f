import type { Position } from '../../../base/text.ts';

/** What every language's syntax tree is reduced to before it is run: only what can decide which
 *  routes a program registers. Types are expressions too, pointers and generics stripped. */
export type Expression =
  | { readonly is: 'text'; readonly text: string }
  /** `a + b`, and literals with parts that are computed. */
  | { readonly is: 'join'; readonly parts: readonly Expression[] }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'member'; readonly object: Expression; readonly name: string }
  | { readonly is: 'item'; readonly object: Expression; readonly key: Expression }
  | CallExpression
  | { readonly is: 'list'; readonly items: readonly Expression[]; readonly at?: Position }
  | RecordExpression
  | { readonly is: 'function'; readonly function: FunctionNode }
  | { readonly is: 'class'; readonly class: ClassNode }
  /** `a or b`, `a if c else b`: the first that is known. */
  | { readonly is: 'either'; readonly options: readonly Expression[] }
  /** `*items` among arguments or items. */
  | { readonly is: 'spread'; readonly of: Expression }
  /** A list made by a loop: what the loop's body returns in each round. A map where that is a key
   *  and a value. */
  | { readonly is: 'collect'; readonly loop: Statement; readonly isMap?: boolean }
  /** Anything else: its parts are run for what they do, its value is not known. */
  | { readonly is: 'other'; readonly parts: readonly Expression[] };

export interface CallExpression {
  readonly is: 'call';
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
  /** Type arguments: `MapGrpcService<CartService>()`. */
  readonly types: readonly Expression[];
  /** What stands behind an `@`: its value is called with a function. */
  readonly isDecorator?: boolean;
  readonly at: Position;
}

export interface Argument {
  /** Named arguments. */
  readonly name?: string;
  /** A map whose entries are named arguments: `**options`. */
  readonly isNamedSpread?: boolean;
  readonly value: Expression;
}

/** A literal of fields or entries. */
export interface RecordExpression {
  readonly is: 'record';
  readonly type?: Expression;
  /** It is a list or a map, and this is the type of what it holds. */
  readonly element?: Expression;
  readonly entries: readonly { readonly key?: Expression; readonly value: Expression }[];
  readonly at?: Position;
}

export type Statement =
  | { readonly is: 'do'; readonly expression: Expression }
  | {
      readonly is: 'assign';
      readonly targets: readonly Expression[];
      /** Fewer than targets: a value of several parts. Empty: declared and not set. */
      readonly values: readonly Expression[];
      readonly type?: Expression;
      /** Makes new names in this scope. */
      readonly declares: boolean;
    }
  /** A loop. `keyed` loops bind key and value, the others one item (in parts where there are
   *  several targets). */
  | {
      readonly is: 'each';
      readonly targets: readonly Expression[];
      readonly keyed: boolean;
      /** What its body declares is known behind it too. */
      readonly isOpen?: boolean;
      readonly of: Expression;
      readonly body: readonly Statement[];
    }
  | { readonly is: 'return'; readonly values: readonly Expression[] }
  /** One of several branches by a literal that a loop goes through: the first that names it, else
   *  the one that names nothing. By anything else, which may be set otherwise where the program is
   *  run, all of them are taken. */
  | { readonly is: 'choose'; readonly by: Expression; readonly branches: readonly Branch[] }
  /** Statements in a scope of their own. */
  | { readonly is: 'block'; readonly body: readonly Statement[] }
  | { readonly is: 'function'; readonly function: FunctionNode }
  | { readonly is: 'class'; readonly class: ClassNode }
  | {
      readonly is: 'import';
      readonly module: string;
      /** What is taken from the module; absent: the module itself; `*`: everything. */
      readonly member?: string;
      readonly name: string;
    };

export interface Branch {
  /** Values that lead here; empty for what is left. */
  readonly when: readonly Expression[];
  readonly body: readonly Statement[];
}

export interface Parameter {
  readonly name: string;
  readonly type?: Expression;
  readonly fallback?: Expression;
  /** Takes all further arguments. */
  readonly isRest?: boolean;
  /** Takes all further named arguments, as a map. */
  readonly isNamedRest?: boolean;
}

export interface FunctionNode {
  /** Empty for literals. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** What the function is called on, where the language names it apart from the parameters. */
  readonly receiver?: Parameter;
  readonly returns?: Expression;
  readonly decorators: readonly Expression[];
  readonly body: readonly Statement[];
  /** Takes no object. */
  readonly isStatic?: boolean;
  /** Takes the class, not an object of it. */
  readonly isOfClass?: boolean;
  readonly at: Position;
}

export interface ClassNode {
  readonly name: string;
  /** What it inherits from or embeds. */
  readonly bases: readonly Expression[];
  readonly decorators: readonly Expression[];
  readonly fields: readonly { readonly name: string; readonly type: Expression }[];
  /** It names a list or map type, and this is the type of what that holds. */
  readonly element?: Expression;
  readonly body: readonly Statement[];
  readonly at: Position;
}

/** A decorator or attribute with literal arguments is a call; without arguments a bare name. */
export function text(value: string): Expression {
  return { is: 'text', text: value };
}

export function name(value: string): Expression {
  return { is: 'name', name: value };
}

export const NOTHING: Expression = { is: 'other', parts: [] };
