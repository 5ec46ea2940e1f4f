/** How a framework writes what a parameter must look like: `:id(\\d+)`, or `:id{[0-9]+}`. */
export type ConstraintBrackets = '()' | '{}';

const NAME = /[A-Za-z_$][\w$]*/y;
/** Optional parts, escapes, groups: what is written stands for several templates, or for none. */
const SEVERAL = /[?+(){}\\[\]]/;

/** The template of a route (`/orders/{id}`) from how a framework writes it (`/orders/:id`,
 *  `/files/*rest`). Undefined where that stands for more than one template, as optional parts do. */
export function toTemplate(route: string, brackets: ConstraintBrackets): string | undefined {
  let template = '';
  for (let at = 0; at < route.length; ) {
    const character = route[at];
    if (character === ':' && route[at + 1] === ':') {
      template += ':';
      at += 2;
    } else if (character === ':' || character === '*') {
      const name = nameAt(route, at + 1);
      if (name === '' && character === ':') return undefined;
      template += `{${name || 'path'}}`;
      at = endOfConstraint(route, at + 1 + name.length, brackets);
    } else {
      if (character === undefined || SEVERAL.test(character)) return undefined;
      template += character;
      at += 1;
    }
  }
  return withoutLastSlash(template.startsWith('/') ? template : `/${template}`);
}

/** `/orders/` and `/orders` are one route to people, and in most routers. */
export const withoutLastSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;

function nameAt(route: string, at: number): string {
  NAME.lastIndex = at;
  return NAME.exec(route)?.[0] ?? '';
}

/** Behind the brackets that begin here, if any do; brackets within them count. */
function endOfConstraint(route: string, start: number, [open, close]: string): number {
  if (route[start] !== open) return start;
  let depth = 0;
  for (let at = start; at < route.length; at++) {
    if (route[at] === '\\') at++;
    else if (route[at] === open) depth++;
    else if (route[at] === close && --depth === 0) return at + 1;
  }
  // Never closed: what opens it is met again, and refused.
  return start;
}
