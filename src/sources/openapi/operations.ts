import { quote } from '../../base/fault.ts';
import { isFields, pick, textAt } from '../../base/pick.ts';
import type { EndpointObservation } from '../../estate/index.ts';
import type { BoundedReport } from '../bounded-report.ts';
import { childNode, childNodes, type DataNode, placeOf } from '../data-node.ts';
import { detached } from '../detached.ts';
import { securityOf } from '../security-requirement.ts';
import { type NameTools, operationNames } from './fields.ts';
import { type BasePaths, basePathOf, DEFAULT_BASE_PATHS, serverPathsOf } from './servers.ts';
import { toTemplate } from './template.ts';

/** @see OpenAPI 3.2 §4.9 (Path Item Object): `query` is the youngest of them */
const METHODS = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
]);
const OTHER_KEYS = new Set([
  '$ref',
  'summary',
  'description',
  'servers',
  'parameters',
  'additionalOperations',
]);

export interface Tools extends NameTools {
  readonly report: BoundedReport;
  observe(observation: EndpointObservation): void;
}

/** A path with the path item that stands under it, and what the document says for all of them. */
interface PathContext {
  readonly root: DataNode;
  readonly template: string;
  /** The path item itself, and what it refers to. Both count. */
  readonly items: readonly DataNode[];
  readonly basePaths: BasePaths;
}

/** Observes every operation under `paths` of the document at `root`. */
export function readOperations(root: DataNode, tools: Tools): void {
  const paths = childNode(root, 'paths');
  const target = paths.value === undefined ? undefined : tools.references.follow(paths);
  if (target === undefined) return;
  if (!isFields(target.value)) {
    // An empty `paths:` is how a generator writes that there are none.
    if (target.value !== null) {
      const hint = 'write each path as a key, as in `/orders: {get: …}`';
      tools.report.at(paths, 'error', 'paths-invalid', '`paths` is not a mapping', { hint });
    }
    return;
  }
  const isSwagger = pick(root.value, 'openapi') === undefined;
  const basePaths = isSwagger ? basePathOf(root) : (serverPathsOf(root) ?? DEFAULT_BASE_PATHS);
  for (const item of childNodes(target)) {
    const path = String(item.step);
    if (path.startsWith('x-') || path === '$ref') continue;
    if (!path.startsWith('/')) {
      const message = `path ${quote(path, 200)} does not begin with a slash`;
      tools.report.at(item, 'warning', 'path-malformed', message);
    }
    readPathItem(root, item, basePaths, tools);
  }
}

function readPathItem(root: DataNode, item: DataNode, outer: BasePaths, tools: Tools): void {
  if (!isFields(item.value)) {
    const message = `path ${quote(item.step, 200)} holds no operations`;
    if (item.value !== null) tools.report.at(item, 'error', 'path-invalid', message);
    return;
  }
  const target = tools.references.follow(item);
  const items = target === undefined || target === item ? [item] : [item, target];
  const basePaths = firstOf(items, serverPathsOf) ?? outer;
  const template = toTemplate(String(item.step));
  const context: PathContext = { root, template, items, basePaths };
  const done = new Set<string>();
  for (const part of items) {
    for (const operation of childNodes(part)) {
      const key = String(operation.step);
      if (METHODS.has(key.toLowerCase())) {
        if (!done.has(key)) readOperation(context, key, operation, tools);
        done.add(key);
      } else if (!OTHER_KEYS.has(key) && !key.startsWith('x-')) {
        const message = `${quote(key)} under ${quote(item.step, 200)} is no HTTP method, so it was not read as an operation`;
        tools.report.at(operation, 'warning', 'method-unknown', message);
      }
    }
    for (const operation of childNodes(childNode(part, 'additionalOperations'))) {
      readOperation(context, String(operation.step), operation, tools);
    }
  }
}

function readOperation(
  context: PathContext,
  method: string,
  operation: DataNode,
  tools: Tools,
): void {
  if (!isFields(operation.value)) {
    const message = `operation ${quote(method)} under ${quote(context.template, 200)} is not a mapping`;
    tools.report.at(operation, 'error', 'operation-invalid', message);
    return;
  }
  const [first, last = first] = context.items;
  if (!first || !last) return;
  const names = operationNames(last, operation, tools);
  const { fields, parameters, responses } = names;
  const security = operationSecurity(operation, context.root);
  const title = textAt(context.root.value, 'info', 'title')?.trim();
  const said = {
    source: {
      reader: 'openapi',
      how: 'declared',
      file: operation.file,
      ...placeOf(operation),
    },
    kind: 'endpoint',
    subject: { by: 'place', file: context.root.file },
    protocol: 'http',
    method: method.toUpperCase(),
    ...(isTrue(pick(operation.value, 'deprecated')) && { deprecated: true }),
    ...(fields.length > 0 && { fields }),
    ...(parameters.length > 0 && { parameters }),
    ...(responses.length > 0 && { responses }),
    ...(security !== undefined && { security }),
    ...(title && { title: detached(title) }),
  } as const;
  for (const base of serverPathsOf(operation) ?? context.basePaths) {
    tools.observe({ ...said, template: toTemplate(base + context.template) });
  }
}

/** What an operation demands: its own `security`, else the document's. */
function operationSecurity(operation: DataNode, root: DataNode) {
  const own = pick(operation.value, 'security');
  return securityOf(own === undefined ? pick(root.value, 'security') : own);
}

function firstOf<In, Out>(items: readonly In[], of: (item: In) => Out | undefined) {
  for (const item of items) {
    const found = of(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
