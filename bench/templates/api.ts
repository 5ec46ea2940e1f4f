/** What a specification says of a parameter in a path, as far as values can be drawn from it. */
export interface PathParameter {
  readonly name: string;
  readonly type?: string;
  readonly format?: string;
  /** A closed list: every value is known. */
  readonly values?: readonly string[];
}

export interface Operation {
  readonly method: string;
  /** With the base path of the API; parameters as `{name}`. */
  readonly template: string;
  readonly parameters: readonly PathParameter[];
}

export interface Api {
  readonly provider: string;
  readonly operations: readonly Operation[];
}

/** Templates that name their parameters differently have one shape; neither a slash at the end nor
 *  the way that characters are percent-encoded makes another. */
export function shapeOf(template: string): string {
  const shape = template
    .split('/')
    .map((segment) => decoded(segment.replace(/\{[^{}]*\}/g, '{}')))
    .join('/');
  return shape.length > 1 ? shape.replace(/\/+$/, '') || '/' : shape;
}

/** Method and shape: what two operations must differ in to be two. */
export function operationKey(method: string, template: string): string {
  return `${method} ${shapeOf(template)}`;
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
