import { loadAll } from 'js-yaml';

/** What Istio lets in, from the pages of its reference alone: nothing here is shared with what writes the policies.
 *  @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 *  @see https://istio.io/latest/docs/reference/config/security/normalization/ */

interface Policy {
  readonly kind: string;
  readonly metadata: { namespace: string; annotations?: Record<string, string> };
  readonly spec: {
    selector?: { matchLabels: Record<string, string> };
    action?: string;
    rules?: readonly Rule[];
  };
}
interface Rule {
  readonly from?: readonly { source: { principals?: string[] } }[];
  readonly to?: readonly { operation: Operation }[];
}
interface Operation {
  readonly methods?: readonly string[];
  readonly notMethods?: readonly string[];
  readonly paths?: readonly string[];
  readonly notPaths?: readonly string[];
}

export interface Workload {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}
export interface Request {
  /** Of the certificate that mutual TLS has verified, without `spiffe://`. */
  readonly principal: string | undefined;
  readonly method: string;
  /** As Envoy has normalised it. */
  readonly path: string;
}

export class Istio {
  readonly #policies: readonly Policy[];

  constructor(files: readonly { readonly text: string }[]) {
    this.#policies = files
      .flatMap(({ text }) => loadAll(text) as Policy[])
      .filter(({ kind }) => kind === 'AuthorizationPolicy');
  }

  /** Without any policy that allows, everything is; with one, only what it lets in. */
  lets(request: Request, workload: Workload): boolean {
    const policies = this.#policies
      .filter(({ metadata }) => metadata.namespace === workload.namespace)
      .filter(({ metadata }) => metadata.annotations?.['istio.io/dry-run'] !== 'true')
      .filter(({ spec }) => selects(spec.selector?.matchLabels ?? {}, workload.labels));
    const allowing = policies.filter(({ spec }) => (spec.action ?? 'ALLOW') === 'ALLOW');
    if (allowing.length !== policies.length) throw new Error('only ALLOW policies are expected');
    if (allowing.length === 0) return true;
    return allowing.some(({ spec }) => (spec.rules ?? []).some((rule) => meets(rule, request)));
  }
}

const selects = (wanted: Record<string, string>, labels: Workload['labels']): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

function meets({ from, to }: Rule, request: Request): boolean {
  const isFrom = !from || from.some(({ source }) => isOf(source.principals, request.principal));
  return isFrom && (!to || to.some(({ operation }) => isFor(operation, request)));
}

function isOf(principals: readonly string[] | undefined, principal: string | undefined): boolean {
  if (!principals) return true;
  return principal !== undefined && principals.some((value) => matchesText(value, principal));
}

function isFor({ methods, notMethods, paths, notPaths }: Operation, request: Request): boolean {
  return (
    (!methods || methods.some((value) => matchesText(value, request.method))) &&
    !notMethods?.some((value) => matchesText(value, request.method)) &&
    (!paths || paths.some((value) => matchesPath(value, request.path))) &&
    !notPaths?.some((value) => matchesPath(value, request.path))
  );
}

/** Exact, prefix, suffix or presence. */
function matchesText(value: string, text: string): boolean {
  if (value === '*') return text !== '';
  if (value.endsWith('*')) return text.startsWith(value.slice(0, -1));
  if (value.startsWith('*')) return text.endsWith(value.slice(1));
  return value === text;
}

/** Characters of a segment, as Envoy's templates have it. */
const PATH_CHARACTER = "[A-Za-z0-9\\-._~%!$&'()+,;:@=]";

function matchesPath(value: string, path: string): boolean {
  if (!value.includes('{')) return matchesText(value, path);
  checkTemplate(value);
  const source = value
    .split('/')
    .map((segment) => {
      if (segment === '{*}') return `${PATH_CHARACTER}+`;
      if (segment === '{**}') return `(?:${PATH_CHARACTER}|/)*`;
      return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('/');
  return new RegExp(`^${source}$`).test(path);
}

/** What Istio's validation refuses: a refused policy enforces nothing at all. */
function checkTemplate(value: string): void {
  const segments = value.split('/');
  const rest = segments.indexOf('{**}');
  const isValid = segments.every(
    (segment) =>
      segment === '{*}' || segment === '{**}' || new RegExp(`^${PATH_CHARACTER}*$`).test(segment),
  );
  const isLast = rest === -1 || !segments.slice(rest + 1).some((one) => one.startsWith('{'));
  if (!isValid || !isLast) throw new Error(`Istio refuses the template ${value}`);
}

/** A path as Envoy gives it to policies and to the workload, with `DECODE_AND_MERGE_SLASHES`; undefined where Envoy
 *  answers with 400. */
export function normalized(raw: string): string | undefined {
  const path = raw.split(/[?#]/)[0] ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse
  if (!path.startsWith('/') || /[\u0000-\u0020\u007f-\uffff]|%00/.test(path) || raw.includes('#')) {
    return undefined;
  }
  const slashes = path.replace(/%2f/gi, '/').replace(/%5c/gi, '/').replaceAll('\\', '/');
  const decoded = slashes.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded;
  });
  const merged = decoded.replace(/\/{2,}/g, '/');
  const segments: string[] = [];
  const parts = merged.slice(1).split('/');
  for (const [at, part] of parts.entries()) {
    if (part === '..') segments.pop();
    else if (part !== '.') segments.push(part);
    const isLast = at === parts.length - 1;
    if (isLast && (part === '..' || part === '.')) segments.push('');
  }
  return `/${segments.join('/')}`;
}
