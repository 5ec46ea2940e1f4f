/** Templates that name their parameters differently are one endpoint: `/users/{id}` and
 *  `/users/{userId}` have the shape `/users/{}`. Trailing slashes do not count. */
export function shapeOf(template: string): string {
  const shape = template.includes('{') ? template.replace(/\{[^{}]*\}/g, '{}') : template;
  let end = shape.length;
  while (end > 1 && shape.charCodeAt(end - 1) === SLASH) end--;
  return end === shape.length ? shape : shape.slice(0, end);
}

const SLASH = 0x2f;

/** Whether a path as configured covers a template: by segment, as prefix or exactly. Patterns are
 *  judged by their literal beginning. */
export function covers(
  path: string,
  match: 'prefix' | 'exact' | 'pattern',
  template: string,
): boolean {
  const literal =
    match === 'pattern' ? path.replace(/^\^|[$]$/g, '').replace(/[[({*\\?+.|].*$/s, '') : path;
  const wanted = shapeOf(literal.replace(/\/\*+$/, '') || '/');
  const shape = shapeOf(template);
  if (match === 'exact') return shape === wanted;
  return (
    wanted === '/' ||
    shape === wanted ||
    shape.startsWith(match === 'pattern' ? wanted : `${wanted}/`)
  );
}

/** Whether an operation as a caller names it (`GET /orders/17`, `GET /orders/{id}`, `*`) means an
 *  endpoint. */
export function meansOperation(operation: string, method: string, template: string): boolean {
  if (operation === '*') return false;
  const space = operation.indexOf(' ');
  const wantedMethod = space < 0 ? undefined : operation.slice(0, space).toUpperCase();
  const path = operation.slice(space + 1);
  if (wantedMethod && method !== 'ANY' && wantedMethod !== method.toUpperCase()) return false;
  const wanted = (path.startsWith('/') ? path : `/${path}`).split('/');
  const own = (template.startsWith('/') ? template : `/${template}`).split('/');
  return (
    wanted.length === own.length &&
    own.every((segment, index) => {
      const other = wanted[index] ?? '';
      return segment === other || segment.includes('{') || /^(\{.*\}|\*)$/.test(other);
    })
  );
}
