import { load } from 'js-yaml';

/** Which route Kong takes, and whether its plugins let a consumer through, from Kong's documentation alone: nothing here
 *  is shared with what writes the configuration.
 *  @see https://developer.konghq.com/gateway/routing/traditional/ */

interface Route {
  readonly name: string;
  readonly hosts?: readonly string[];
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
  readonly regex_priority?: number;
  readonly plugins?: readonly Plugin[];
}
interface Plugin {
  readonly name: string;
  readonly config: { readonly allow?: readonly string[] };
}
interface Consumer {
  readonly custom_id: string;
  readonly acls: readonly { readonly group: string }[];
}
interface Configuration {
  readonly services: readonly { readonly name: string; readonly routes: readonly Route[] }[];
  readonly consumers: readonly Consumer[];
}

export interface Request {
  readonly host: string;
  readonly method: string;
  /** As Kong has normalised it. */
  readonly path: string;
  /** The consumer that was authenticated, by its `custom_id`. */
  readonly consumer: string | undefined;
}

export class Kong {
  readonly #routes: readonly Route[];
  readonly #consumers: readonly Consumer[];
  readonly #expressions = new Map<string, RegExp>();

  constructor(text: string | undefined) {
    const configuration = (text === undefined ? {} : load(text)) as Partial<Configuration>;
    this.#routes = (configuration.services ?? []).flatMap(({ routes }) => routes);
    this.#consumers = configuration.consumers ?? [];
    const names = this.#routes.map(({ name }) => name);
    if (new Set(names).size !== names.length) throw new Error('Kong refuses routes of one name');
  }

  lets(request: Request): boolean {
    const route = this.#routes
      .filter((one) => this.#matches(one, request))
      .sort((a, b) => this.#before(a, b))[0];
    return route !== undefined && (route.plugins ?? []).every((one) => this.#passes(one, request));
  }

  /** A route matches where each thing that it names does. */
  #matches({ hosts, methods, paths }: Route, { host, method, path }: Request): boolean {
    return (
      (!hosts || hosts.includes(host)) &&
      (!methods || methods.includes(method)) &&
      (!paths || paths.some((one) => this.#matchesPath(one, path)))
    );
  }

  #matchesPath(value: string, path: string): boolean {
    if (!value.startsWith('~')) return path.startsWith(value);
    const known = this.#expressions.get(value);
    const expression = known ?? new RegExp(`^${withoutFlags(value.slice(1))}`);
    if (!known) this.#expressions.set(value, expression);
    return expression.test(path);
  }

  /** The one that names more kinds of things first, then regular expressions by priority, then the longest prefix. */
  #before(a: Route, b: Route): number {
    return (
      kindsOf(b) - kindsOf(a) ||
      Number(isExpression(b)) - Number(isExpression(a)) ||
      (b.regex_priority ?? 0) - (a.regex_priority ?? 0) ||
      longest(b) - longest(a)
    );
  }

  #passes({ name, config }: Plugin, { consumer }: Request): boolean {
    if (name === 'request-termination') return false;
    if (name !== 'acl') throw new Error(`the plugin ${name} is not expected`);
    const known = this.#consumers.find(({ custom_id }) => custom_id === consumer);
    return known?.acls.some(({ group }) => config.allow?.includes(group)) ?? false;
  }
}

const kindsOf = ({ hosts, methods, paths }: Route): number =>
  [hosts, methods, paths].filter((one) => one !== undefined).length;
const isExpression = ({ paths }: Route): boolean => paths?.[0]?.startsWith('~') ?? false;
const longest = ({ paths }: Route): number =>
  Math.max(0, ...(paths ?? []).map((one) => one.length));

/** Neither of Kong's routers knows everything that JavaScript does. */
function withoutFlags(source: string): string {
  if (/\(\?(?!:)/.test(source)) throw new Error(`Kong refuses the expression ${source}`);
  return source;
}

/** A path as Kong compares and passes it on: without dot segments and doubled slashes, unreserved characters decoded, and
 *  other escapes in upper case. */
export function normalized(raw: string): string {
  const path = raw.split('?')[0] ?? '';
  const decoded = path.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase();
  });
  const segments: string[] = [];
  const parts = decoded
    .replace(/\/{2,}/g, '/')
    .slice(1)
    .split('/');
  for (const [at, part] of parts.entries()) {
    if (part === '..') segments.pop();
    else if (part !== '.') segments.push(part);
    if (at === parts.length - 1 && (part === '..' || part === '.')) segments.push('');
  }
  return `/${segments.join('/')}`;
}
