/** Path templates: every framework's way of writing parameters becomes `{name}`, and what takes the rest of a path at its
 *  end `{name...}`. */

/** How a framework writes parameters.
 *  - `colon`: Express, Fastify, Koa, Hono, NestJS, Gin, Echo: `:id`, `:id(\\d+)`, `:id?`, `*rest`
 *  - `brace`: Spring, JAX-RS, FastAPI, Chi, gorilla/mux, Go 1.22: `{id:[0-9]+}`, `{path...}`, `**`
 *  - `angle`: Flask, Django paths: `<id>`, `<int:id>`
 *  - `regex`: Django `re_path`, JavaScript regular expressions: `^users/(?P<id>\d+)$` */
export type TemplateSyntax = 'colon' | 'brace' | 'angle' | 'regex';

/** Longer paths are no one's route. */
const MAX_LENGTH = 2_000;
/** Each optional parameter doubles the forms. */
const MAX_FORMS = 16;

/** The templates that a written path stands for, normalised: one, or several where parts of it are
 *  optional, shortest first. An anonymous parameter is called `param`, what takes the rest of a path
 *  `path`; names that occur twice are numbered. Empty where the text is no path. */
export function toTemplates(written: string, syntax: TemplateSyntax): string[] {
  if (written.length > MAX_LENGTH) return [];
  const tokens = syntax === 'regex' ? regexTokens(written) : TOKENIZERS[syntax](written);
  const forms = new Set<string>();
  for (const form of expand(tokens)) forms.add(tidy(render(form)));
  return [...forms].sort((a, b) => a.length - b.length);
}

/** Puts a path under a prefix: one slash in front, one between, none behind (except `/` itself).
 *  Both sides are templates already. */
export function joinTemplates(prefix: string, template: string): string {
  // what takes the rest of a path takes one segment at least where something follows
  const before = tidy(template) === '/' ? prefix : prefix.replaceAll('...}', '}');
  return numberNames(tidy(`${before}/${template}`));
}

/** The names of a template's parameters. */
export function parameterNames(template: string): string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]?.replace(REST, '') ?? '');
}

const REST = /\.\.\.$/;

type Token =
  | { readonly kind: 'text'; readonly text: string }
  /** `takesRest`: of any number of segments, where it is the last of a path. */
  | { readonly kind: 'parameter'; readonly name: string; readonly takesRest: boolean }
  /** Present in one form and absent in the other. */
  | { readonly kind: 'optional'; readonly tokens: readonly Token[] };

type Simple = Exclude<Token, { kind: 'optional' }>;

function expand(tokens: readonly Token[]): Simple[][] {
  let forms: Simple[][] = [[]];
  for (const token of tokens) {
    if (token.kind !== 'optional') {
      for (const form of forms) form.push(token);
      continue;
    }
    const inner = expand(token.tokens);
    const present = forms.flatMap((form) => inner.map((more) => [...form, ...more]));
    forms = forms.length + present.length > MAX_FORMS ? present : [...forms, ...present];
    if (forms.length > MAX_FORMS) forms = forms.slice(0, MAX_FORMS);
  }
  return forms;
}

function render(form: readonly Simple[]): string {
  return numberNames(form.map((_, index) => renderAt(form, index)).join(''));
}

function renderAt(form: readonly Simple[], index: number): string {
  const token = form[index];
  if (token?.kind !== 'parameter') return token?.text ?? '';
  const before = form[index - 1];
  const isWhole = before === undefined || (before.kind === 'text' && before.text.endsWith('/'));
  const isLast = form
    .slice(index + 1)
    .every((one) => one.kind === 'text' && /^\/?$/.test(one.text));
  return `{${token.name}${token.takesRest && isWhole && isLast ? '...' : ''}}`;
}

/** `{path}…{path}` as `{path}…{path2}`. */
function numberNames(template: string): string {
  const seen = new Map<string, number>();
  return template.replace(/\{([^{}]*?)(\.\.\.)?\}/g, (_, name: string, rest = '') => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return `{${name}${count === 1 ? '' : count}${rest}}`;
  });
}

function tidy(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return `/${parts.join('/')}`;
}

/** Reads a written path one token at a time. */
class Scanner {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.at >= this.#text.length;
  }

  /** What a sticky pattern matches here, and steps over it. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match === null || match[0] === '') return undefined;
    this.at += match[0].length;
    return match[0];
  }

  /** The character that was read last. */
  get before(): string {
    return this.#text[this.at - 1] ?? '';
  }

  has(text: string): boolean {
    return this.#text.startsWith(text, this.at);
  }

  next(): string {
    return this.#text[this.at++] ?? '';
  }

  /** The text between the bracket here and its partner, and steps over both; undefined where it is
   *  never closed. Backslashes escape, nesting counts. */
  bracketed(open: string, close: string): string | undefined {
    if (!this.has(open)) return undefined;
    let depth = 0;
    for (let index = this.at; index < this.#text.length; index++) {
      const character = this.#text[index];
      if (character === '\\') index++;
      else if (character === open) depth++;
      else if (character === close && --depth === 0) {
        const inner = this.#text.slice(this.at + 1, index);
        this.at = index + 1;
        return inner;
      }
    }
    return undefined;
  }
}

const NAME = /[A-Za-z_$][\w$]*/y;
const text = (value: string): Token => ({ kind: 'text', text: value });
const parameter = (name: string, takesRest = false): Token => ({
  kind: 'parameter',
  name,
  takesRest,
});
const ANYTHING = new Set(['.*', '.+']);
const optional = (...tokens: Token[]): Token => ({ kind: 'optional', tokens });

const TOKENIZERS: Readonly<Record<Exclude<TemplateSyntax, 'regex'>, (written: string) => Token[]>> =
  {
    colon: (written) => tokens(new Scanner(written), colonToken),
    brace: (written) => tokens(new Scanner(written), braceToken),
    angle: (written) => tokens(new Scanner(written), angleToken),
  };

function tokens(scanner: Scanner, read: (scanner: Scanner) => Token | undefined): Token[] {
  const found: Token[] = [];
  while (!scanner.done) {
    const token = read(scanner) ?? text(scanner.next());
    const before = found.at(-1);
    // An optional parameter takes the slash before it along: `/users/:id?` is `/users` too.
    if (token.kind === 'optional' && before?.kind === 'text' && before.text === '/') {
      found[found.length - 1] = optional(before, ...token.tokens);
    } else found.push(token);
  }
  return found;
}

function colonToken(scanner: Scanner): Token | undefined {
  if (scanner.has('::')) {
    scanner.at += 2;
    return text(':');
  }
  if (scanner.has(':')) {
    scanner.at += 1;
    const name = scanner.take(NAME);
    return name === undefined ? text(':') : colonParameter(scanner, name);
  }
  if (scanner.has('*')) {
    const isGlued = scanner.at > 0 && scanner.before !== '/';
    scanner.take(/\*+/y);
    const name = scanner.take(NAME) ?? 'path';
    // `/images*` lets anything follow, and nothing.
    return isGlued && scanner.done
      ? optional(text('/'), parameter(name, true))
      : parameter(name, true);
  }
  const group = scanner.bracketed('{', '}');
  // Express 5 writes optional parts in braces; a bare name in them is another syntax's parameter.
  if (group !== undefined) {
    return /^[\w$]+$/.test(group)
      ? parameter(group)
      : optional(...tokens(new Scanner(group), colonToken));
  }
  const pattern = scanner.bracketed('(', ')');
  if (pattern === undefined) return undefined;
  const takesRest = ANYTHING.has(pattern);
  const found = parameter(takesRest ? 'path' : 'param', takesRest);
  return scanner.take(/\?/y) === undefined ? found : optional(found);
}

function colonParameter(scanner: Scanner, name: string): Token {
  const pattern = scanner.bracketed('(', ')') ?? scanner.bracketed('{', '}') ?? '';
  const modifier = scanner.take(/[?*+]/y);
  const found = parameter(name, ANYTHING.has(pattern) || modifier === '*' || modifier === '+');
  return modifier === '?' || modifier === '*' ? optional(found) : found;
}

function braceToken(scanner: Scanner): Token | undefined {
  const inner = scanner.bracketed('{', '}');
  // `{$}` in Go anchors a pattern at its end and is no part of the path.
  if (inner === '$') return text('');
  if (inner !== undefined) {
    const name = inner.split(':')[0]?.replaceAll(/[.*\s]/g, '');
    const takesRest = /^\*|\.\.\.$|:\s*(?:path|\.[*+])\s*$/.test(inner);
    return parameter(name === undefined || name === '' ? 'path' : name, takesRest);
  }
  const stars = scanner.take(/\*+/y);
  if (stars === undefined) return undefined;
  // One star within a path stands for one segment, at its end for all that follow.
  return stars === '*' && !scanner.done ? parameter('param') : parameter('path', true);
}

function angleToken(scanner: Scanner): Token | undefined {
  const inner = scanner.bracketed('<', '>');
  if (inner === undefined) return undefined;
  const name = inner.slice(inner.lastIndexOf(':') + 1).trim();
  return parameter(name === '' ? 'param' : name, /^\s*path\s*:/.test(inner));
}

/** A regular expression as people read it: groups and classes are parameters, escapes are what they
 *  escape, anchors and slashes that may be missing go. */
function regexTokens(written: string): Token[] {
  const scanner = new Scanner(written);
  const found: Token[] = [];
  while (!scanner.done) {
    const token = regexToken(scanner);
    if (token === undefined) continue;
    const quantifier = scanner.take(/[?*+]\??|\{\d+(?:,\d*)?\}/y);
    if (token.kind === 'optional') {
      found.push(...(/^[?*]/.test(quantifier ?? '') ? [token] : token.tokens));
      continue;
    }
    const isSlash = token.kind === 'text' && token.text === '/';
    // `[0-9]*` may be empty to the machine; whoever wrote it means a value.
    const isOptional = quantifier?.startsWith('?') || (quantifier && token.kind === 'text');
    found.push(isSlash || !isOptional ? token : optional(token));
  }
  return mergeParameters(found);
}

function regexToken(scanner: Scanner): Token | undefined {
  if (scanner.take(/\^|\$|\\[bBAZz]/y) !== undefined) return undefined;
  const group = scanner.bracketed('(', ')');
  if (group !== undefined) return groupToken(group);
  const escaped = scanner.take(/\\./y);
  if (escaped !== undefined) {
    return /^\\[dDwWsS]$/.test(escaped) ? parameter('param') : text(escaped.slice(1));
  }
  if (scanner.bracketed('[', ']') !== undefined) return parameter('param');
  if (scanner.has('.') && scanner.take(/\.[*+]\??/y) !== undefined) return parameter('path', true);
  return text(scanner.next());
}

function groupToken(group: string): Token | undefined {
  if (/^\?[=!]|^\?<[=!]/.test(group)) return undefined;
  const [opening = '', name] = /^\?P?<(\w+)>/.exec(group) ?? [];
  if (name !== undefined) return parameter(name, ANYTHING.has(group.slice(opening.length)));
  // Without alternatives, what it holds; a quantifier behind it says whether that may be missing.
  return /^\?:[^|]*$/.test(group)
    ? optional(...regexTokens(group.slice(2)))
    : ANYTHING.has(group)
      ? parameter('path', true)
      : parameter('param');
}

/** `[a-z]\d+` is one parameter, not two side by side. */
function mergeParameters(found: readonly Token[]): Token[] {
  return found.filter((token, index) => {
    const before = found[index - 1];
    return !(
      token.kind === 'parameter' &&
      token.name === 'param' &&
      before?.kind === 'parameter' &&
      before.name === 'param'
    );
  });
}
