/** Turns a path of a specification into an endpoint's template: one leading slash, none at the end,
 *  no query or fragment, no empty segments, parameters as `{name}` without expansion operators or
 *  patterns. */
export function toTemplate(path: string): string {
  const end = path.search(/[?#]/);
  const segments = (end === -1 ? path : path.slice(0, end)).split('/');
  const kept = segments.map(plainParameters).filter((segment) => segment !== '');
  return `/${kept.join('/')}`;
}

/** `{+path}`, `{path*}`, `{path+}` and `{id:[0-9]+}` are all the parameter of that name. */
function plainParameters(segment: string): string {
  return segment.trim().replace(/\{([^{}]*)\}/g, (_, parameter: string) => {
    return `{${/^[+./;?&#]?([^:*+]*)/.exec(parameter)?.[1] ?? ''}}`;
  });
}
