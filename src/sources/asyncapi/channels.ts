import { quote } from '../../base/fault.ts';
import { isFields, pick, textAt } from '../../base/pick.ts';
import type { EndpointObservation } from '../../estate/index.ts';
import type { BoundedReport } from '../bounded-report.ts';
import { childNode, childNodes, type DataNode, placeOf } from '../data-node.ts';
import { detached } from '../detached.ts';
import type { References } from '../references.ts';
import { MAX_FIELDS, type SchemaFields } from '../schema-fields.ts';
import { securityOf } from '../security-requirement.ts';

export interface Tools {
  readonly references: References;
  readonly schemas: SchemaFields;
  readonly report: BoundedReport;
  observe(observation: EndpointObservation): void;
}

/** What the service described does at a channel. */
export type Direction = 'PUBLISH' | 'SUBSCRIBE';

/** One thing that the service does at one channel. */
export interface ChannelUse {
  readonly root: DataNode;
  /** Where it stands, for the source's line. */
  readonly operation: DataNode;
  readonly direction: Direction;
  /** The channel's address with parameters as `{name}`. */
  readonly address: string;
  readonly channel: DataNode;
  readonly messages: readonly DataNode[];
}

export function observeUse(use: ChannelUse, tools: Tools): void {
  const { root, operation } = use;
  const fields = fieldsOf(use, tools);
  const security = securityOf(pick(operation.value, 'security')) ?? serverSecurity(root, tools);
  const title = textAt(root.value, 'info', 'title')?.trim();
  tools.observe({
    kind: 'endpoint',
    source: { reader: 'asyncapi', how: 'declared', file: operation.file, ...placeOf(operation) },
    subject: { by: 'place', file: root.file },
    protocol: 'event',
    method: use.direction,
    template: detached(use.address),
    ...(fields.length > 0 && { fields }),
    ...(security !== undefined && { security }),
    ...(title && { title: detached(title) }),
  });
}

/** What `node` stands for, if it is a mapping; reported where it is something else. */
export function mappingAt(node: DataNode, what: string, tools: Tools): DataNode | undefined {
  const target = node.value === undefined ? undefined : tools.references.follow(node);
  if (target === undefined || isFields(target.value)) return target;
  if (target.value !== null) {
    tools.report.at(node, 'error', 'invalid', `${what} ${quote(node.step, 200)} is not a mapping`);
  }
  return undefined;
}

function fieldsOf(use: ChannelUse, { references, schemas }: Tools): readonly string[] {
  const names = new Set<string>();
  for (const parameter of childNodes(childNode(use.channel, 'parameters'))) {
    if (names.size < MAX_FIELDS) names.add(String(parameter.step));
  }
  for (const item of use.messages) {
    const message = references.follow(item);
    if (message === undefined) continue;
    schemas.collect(childNode(message, 'headers'), names);
    schemas.collect(childNode(message, 'payload'), names);
  }
  return [...names];
}

/** Clients of a service whose servers all demand credentials have shown some. */
function serverSecurity(root: DataNode, { references }: Tools): 'required' | undefined {
  const servers = childNodes(childNode(root, 'servers'));
  const isSecured = servers.every((item) => {
    return securityOf(pick(references.follow(item)?.value, 'security')) === 'required';
  });
  return servers.length > 0 && isSecured ? 'required' : undefined;
}
