/** Segments that are values rather than names, and what to call the parameter that they stand for.
 *  The patterns are anchored and have no nested repetition. */
const MASKS: readonly { readonly parameter: string; readonly pattern: RegExp }[] = [
  { parameter: 'uuid', pattern: /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i },
  { parameter: 'date', pattern: /^\d{4}-\d{2}-\d{2}(?:T[0-9:.Z+-]{4,24})?$/ },
  { parameter: 'number', pattern: /^-?\d+(?:\.\d+)?$/ },
  { parameter: 'hex', pattern: /^(?=[a-f]*\d)[0-9a-f]{12,}$/i },
];

const MAX_TEMPLATE_LENGTH = 512;

/** A route as frameworks write it, or a path as a client sent it, as a template: parameters
 *  (`:id`, `<int:id>`, `{id:[0-9]+}`) become `{id}`, values become typed parameters, query and
 *  fragment go. Undefined for what is no path, or longer than 512 characters. */
export function toTemplate(routeOrPath: string): string | undefined {
  const path = routeOrPath.split(/[?#]/, 1)[0] ?? '';
  if (path.length > MAX_TEMPLATE_LENGTH || !path.startsWith('/') || hasControl(path)) {
    return undefined;
  }
  const segments = path.split('/').map(toSegment);
  const template = segments.join('/').replace(/\/{2,}/g, '/');
  return template.length > 1 && template.endsWith('/') ? template.slice(0, -1) : template;
}

/** The path of a URL or of a request target; undefined where there is none. */
export function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  return URL.parse(target)?.pathname;
}

function toSegment(segment: string): string {
  if (segment === '') return segment;
  const named =
    /^:([A-Za-z_]\w*)[?*+]?$/.exec(segment) ??
    /^\{\*?([A-Za-z_]\w*)(?:[:=][^{}]*)?\*?\}$/.exec(segment) ??
    /^<(?:[a-z]+:)?([A-Za-z_]\w*)>$/.exec(segment);
  if (named) return `{${named[1]}}`;
  if (segment === '*' || segment === '**') return '{rest}';
  const mask = MASKS.find(({ pattern }) => pattern.test(segment));
  return mask ? `{${mask.parameter}}` : segment;
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
