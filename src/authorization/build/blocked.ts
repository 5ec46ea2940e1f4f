/** Templates that a block of an endpoint is about. A block counts at known paths, which have no wildcards; so these become
 *  parameters, and two stars at the end also stand for what is before them. Two stars amid a path cannot be said: all
 *  that is below is blocked then, rather than nothing. Nor does the rest of a path hide behind one segment, which grants
 *  may know.
 *  @param template of an endpoint over HTTP */
export function blockedTemplates(template: string): string[] {
  const segments = template.split('/');
  const end = segments.indexOf('**');
  const before = (end === -1 ? segments : segments.slice(0, end)).map(toParameter).join('/');
  if (end === -1)
    return before.endsWith('...}') ? [before.replace(REST, '{$1}'), before] : [before];
  const below = `${before}/{path...}`;
  return end === segments.length - 1 ? [before || '/', below] : [below];
}

const REST = /\{([^{}]*)\.\.\.\}$/;
const toParameter = (segment: string): string => (segment === '*' ? '{any}' : segment);
