import { fieldsAt, textAt } from '../../base/pick.ts';
import { childNode, childNodes, type DataNode } from '../data-node.ts';
import { toTemplate } from './template.ts';

const MAX_SERVERS = 50;
const NO_BASE: readonly string[] = [''];

/** Paths that stand before those of a document, each without a slash at its end; `['']` where there
 *  is none. */
export type BasePaths = readonly string[];

/** @see OpenAPI 2.0, Swagger Object: `basePath` */
export function basePathOf(root: DataNode): BasePaths {
  return [withoutRoot(toTemplate(textAt(root.value, 'basePath') ?? ''))];
}

/** The paths of the servers at `holder` (a document, path item or operation); undefined where it
 *  names none, so that those around it hold.
 *  @see OpenAPI 3.1 §4.8.5 (Server Object), §4.8.6 (Server Variable Object) */
export function serverPathsOf(holder: DataNode): BasePaths | undefined {
  const servers = childNodes(childNode(holder, 'servers')).slice(0, MAX_SERVERS);
  const paths = servers.flatMap((server) => {
    const url = textAt(server.value, 'url');
    return url === undefined ? [] : [serverPath(url, fieldsAt(server.value, 'variables'))];
  });
  return paths.length === 0 ? undefined : [...new Set(paths)].sort();
}

/** What holds where a document names no servers. */
export const DEFAULT_BASE_PATHS: BasePaths = NO_BASE;

function serverPath(url: string, variables: Readonly<Record<string, unknown>>): string {
  const filled = url.replace(/\{([^{}]*)\}/g, (variable, name: string) => {
    return textAt(variables, name, 'default') ?? variable;
  });
  const path = filled.trim().replace(/^(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/[^/?#]*/, '');
  return withoutRoot(toTemplate(withoutDots(path)));
}

/** A server's address may be relative to where the document is served, which is not known here:
 *  its steps up and down are taken from the root. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return kept.join('/');
}

function withoutRoot(template: string): string {
  return template === '/' ? '' : template;
}
