import { type Segment, segmentsOf, type Token, tokensOf } from './lexer.ts';
import { type Expression, type Node, type Template, TemplateError } from './template.ts';

const MAX_DEPTH = 100;

/** Parses one template file.
 *  @throws {TemplateError} */
export function parseTemplate(source: string): Template {
  const named = new Map<string, readonly Node[]>();
  const parser = new NodeParser(segmentsOf(source), named);
  return { nodes: parser.parse(), named };
}

type Ending = 'end' | 'else' | 'eof';

interface Body {
  readonly nodes: readonly Node[];
  readonly ending: Ending;
  /** The action that ended it, without `else`. */
  readonly rest: string;
  readonly offset: number;
}

class NodeParser {
  readonly #segments: readonly Segment[];
  readonly #named: Map<string, readonly Node[]>;
  #at = 0;
  #depth = 0;

  constructor(segments: readonly Segment[], named: Map<string, readonly Node[]>) {
    this.#segments = segments;
    this.#named = named;
  }

  parse(): readonly Node[] {
    const { nodes, ending, offset } = this.#body();
    if (ending !== 'eof') throw new TemplateError(`\`${ending}\` without a beginning`, offset);
    return nodes;
  }

  #body(): Body {
    if (++this.#depth > MAX_DEPTH) throw new TemplateError('nested too deeply', 0);
    const nodes: Node[] = [];
    for (;;) {
      const segment = this.#segments[this.#at++];
      if (!segment) return this.#ended({ nodes, ending: 'eof', rest: '', offset: 0 });
      const { text, offset } = segment;
      if (segment.is === 'text') {
        nodes.push({ is: 'text', text, offset });
        continue;
      }
      const keyword = /^[a-z]+/.exec(text)?.[0] ?? '';
      const rest = text.slice(keyword.length).trim();
      if (keyword === 'end' && rest === '') {
        return this.#ended({ nodes, ending: 'end', rest: '', offset });
      }
      if (keyword === 'else') return this.#ended({ nodes, ending: 'else', rest, offset });
      const node = this.#node(keyword, rest, text, offset);
      if (node) nodes.push(node);
    }
  }

  #ended(body: Body): Body {
    this.#depth--;
    return body;
  }

  #node(keyword: string, rest: string, text: string, offset: number): Node | undefined {
    switch (keyword) {
      case 'if':
      case 'with':
        return this.#conditional(keyword, rest, offset);
      case 'range':
        return this.#range(rest, offset);
      case 'define':
        this.#define(rest, offset);
        return undefined;
      case 'block': {
        const { name, value } = nameAndValue(rest, offset);
        this.#define(rest, offset, name);
        return { is: 'template', name, value, offset };
      }
      case 'template':
        return { is: 'template', ...nameAndValue(rest, offset), offset };
      case 'break':
      case 'continue':
        if (rest === '') return { is: keyword, offset };
        return parseAction(text, offset);
      default:
        return parseAction(text, offset);
    }
  }

  #define(rest: string, offset: number, known?: string): void {
    const name = known ?? nameAndValue(rest, offset).name;
    const { nodes, ending } = this.#body();
    if (ending !== 'end') throw new TemplateError(`\`define\` of ${name} does not end`, offset);
    this.#named.set(name, nodes);
  }

  #conditional(is: 'if' | 'with', rest: string, offset: number): Node {
    const { name, value } = condition(rest, offset);
    const { nodes: body, otherwise } = this.#branches(is, offset);
    return { is, value, ...(name !== undefined && { name }), body, otherwise, offset };
  }

  #range(rest: string, offset: number): Node {
    const [, key, name, value = rest] =
      /^(?:(\$\w+)\s*,\s*)?(\$\w+)\s*:=\s*(.*)$/s.exec(rest) ?? [];
    const { nodes: body, otherwise } = this.#branches('range', offset);
    return {
      is: 'range',
      value: parseExpression(value, offset),
      ...(key !== undefined && { key }),
      ...(name !== undefined && { name }),
      body,
      otherwise,
      offset,
    };
  }

  /** `else if` is an `if` in the `else`, ended by the same `end`. */
  #branches(
    is: 'if' | 'with' | 'range',
    offset: number,
  ): { nodes: readonly Node[]; otherwise: readonly Node[] } {
    const first = this.#body();
    if (first.ending === 'eof') throw new TemplateError(`\`${is}\` does not end`, offset);
    if (first.ending === 'end') return { nodes: first.nodes, otherwise: [] };
    const [, keyword, rest] = /^(if|with)\b\s*(.*)$/s.exec(first.rest) ?? [];
    if (keyword === 'if' || keyword === 'with') {
      if (++this.#depth > MAX_DEPTH) throw new TemplateError('nested too deeply', offset);
      const chained = this.#conditional(keyword, rest ?? '', first.offset);
      this.#depth--;
      return { nodes: first.nodes, otherwise: [chained] };
    }
    const second = this.#body();
    if (second.ending !== 'end') throw new TemplateError(`\`${is}\` does not end`, offset);
    return { nodes: first.nodes, otherwise: second.nodes };
  }
}

function nameAndValue(
  rest: string,
  offset: number,
): { name: string; value: Expression | undefined } {
  const [first, ...others] = tokensOf(rest, offset);
  if (first?.is !== 'string') throw new TemplateError('a template without a name', offset);
  return { name: first.text, value: others.length > 0 ? parseTokens(others, offset) : undefined };
}

function condition(rest: string, offset: number): { name?: string; value: Expression } {
  const [, name, value] = /^(\$\w+)\s*:?=\s*(.*)$/s.exec(rest) ?? [];
  return name === undefined || value === undefined
    ? { value: parseExpression(rest, offset) }
    : { name, value: parseExpression(value, offset) };
}

function parseAction(text: string, offset: number): Node | undefined {
  if (text === '') return undefined;
  const [, name, sign, value] = /^(\$\w+)\s*(:?=)\s*(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) {
    const declares = sign === ':=';
    return { is: 'assign', name, declares, value: parseExpression(value, offset), offset };
  }
  return { is: 'output', value: parseExpression(text, offset), offset };
}

export function parseExpression(text: string, offset: number): Expression {
  return parseTokens(tokensOf(text, offset), offset);
}

function parseTokens(tokens: readonly Token[], offset: number): Expression {
  const parser = new ExpressionParser(tokens, offset);
  const expression = parser.pipeline();
  parser.expectEnd();
  return expression;
}

class ExpressionParser {
  readonly #tokens: readonly Token[];
  readonly #offset: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], offset: number) {
    this.#tokens = tokens;
    this.#offset = offset;
  }

  pipeline(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new TemplateError('nested too deeply', this.#offset);
    const stages = [this.#command()];
    while (this.#isSign('|')) {
      this.#at++;
      stages.push(this.#command());
    }
    this.#depth--;
    const [only] = stages;
    return stages.length === 1 && only ? only : { is: 'pipe', stages };
  }

  expectEnd(): void {
    const token = this.#tokens[this.#at];
    if (token) throw new TemplateError(`unexpected ${token.text.slice(0, 20)}`, this.#offset);
  }

  #isSign(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.is === 'sign' && token.text === text;
  }

  #command(): Expression {
    const head = this.#operand();
    if (!head) throw new TemplateError('an expression is missing', this.#offset);
    const args: Expression[] = [];
    for (let next = this.#operand(); next; next = this.#operand()) args.push(next);
    if (head.is === 'call') return { is: 'call', name: head.name, args };
    return args.length > 0 ? { is: 'method', target: head, args } : head;
  }

  #operand(): Expression | undefined {
    const token = this.#tokens[this.#at];
    if (!token) return undefined;
    if (token.is === 'sign') return token.text === '(' ? this.#parenthesis() : undefined;
    this.#at++;
    switch (token.is) {
      case 'string':
        return { is: 'literal', value: token.text };
      case 'number':
        return { is: 'literal', value: Number(token.text) };
      case 'dot':
        return { is: 'dot', path: steps(token.text) };
      case 'variable': {
        const [name = '$', ...path] = token.text.split('.');
        return { is: 'variable', name, path };
      }
      case 'word':
        return Object.hasOwn(WORDS, token.text)
          ? { is: 'literal', value: WORDS[token.text] ?? null }
          : { is: 'call', name: token.text, args: [] };
    }
  }

  #parenthesis(): Expression {
    this.#at++;
    const inner = this.pipeline();
    if (!this.#isSign(')')) throw new TemplateError('a parenthesis does not close', this.#offset);
    this.#at++;
    const next = this.#tokens[this.#at];
    // A group is a value: it takes no arguments of its own, unlike the call that it may hold.
    const group: Expression = { is: 'pipe', stages: [inner] };
    if (next?.is !== 'dot' || !next.isGlued) return group;
    this.#at++;
    return { is: 'field', base: group, path: steps(next.text) };
  }
}

const WORDS: Record<string, boolean | null> = { true: true, false: false, nil: null };

function steps(text: string): string[] {
  return text.split('.').filter((step) => step !== '');
}
