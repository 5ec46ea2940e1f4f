import { quote } from '../../base/fault.ts';
import { pick, textAt } from '../../base/pick.ts';
import { childNode, childNodes, type DataNode } from '../data-node.ts';
import { type Direction, mappingAt, observeUse, type Tools } from './channels.ts';

/** @see AsyncAPI 3.0.0, Operation Object: `action` is what the application itself does */
const DIRECTIONS: Readonly<Record<string, Direction>> = { send: 'PUBLISH', receive: 'SUBSCRIBE' };
const OPPOSITE: Readonly<Record<Direction, Direction>> = {
  PUBLISH: 'SUBSCRIBE',
  SUBSCRIBE: 'PUBLISH',
};

/** Observes what the service does by each operation of an AsyncAPI 3.x document. A channel that no
 *  operation uses says nothing about the service. */
export function readVersion3(root: DataNode, tools: Tools): void {
  const operations = mappingAt(childNode(root, 'operations'), 'the list of', tools);
  if (operations === undefined) return;
  for (const item of childNodes(operations)) {
    if (String(item.step).startsWith('x-')) continue;
    const operation = mappingAt(item, 'operation', tools);
    if (operation !== undefined) readOperation(root, operation, tools);
  }
}

function readOperation(root: DataNode, operation: DataNode, tools: Tools): void {
  const action = textAt(operation.value, 'action') ?? '';
  const direction = Object.hasOwn(DIRECTIONS, action) ? DIRECTIONS[action] : undefined;
  if (direction === undefined) {
    const message = `action ${quote(action)} is neither \`send\` nor \`receive\``;
    tools.report.at(childNode(operation, 'action'), 'error', 'action-unknown', message);
    return;
  }
  readUse(root, operation, operation, direction, tools);
  const reply = mappingAt(childNode(operation, 'reply'), 'the', tools);
  if (reply !== undefined && pick(reply.value, 'channel') !== undefined) {
    readUse(root, operation, reply, OPPOSITE[direction], tools);
  }
}

/** `holder` names the channel and messages: an operation, or the reply to it. */
function readUse(
  root: DataNode,
  operation: DataNode,
  holder: DataNode,
  direction: Direction,
  tools: Tools,
): void {
  const reference = childNode(holder, 'channel');
  const channel = mappingAt(reference, 'the', tools);
  if (channel === undefined) {
    if (reference.value === undefined) {
      const message = `operation ${quote(operation.step, 200)} names no channel`;
      tools.report.at(operation, 'error', 'channel-missing', message);
    }
    return;
  }
  // The address of a reply may be known only when the request comes.
  if (pick(channel.value, 'address') === null && holder !== operation) return;
  const address = textAt(channel.value, 'address') ?? String(channel.step);
  const own = childNodes(childNode(holder, 'messages'));
  const messages = own.length > 0 ? own : childNodes(childNode(channel, 'messages'));
  observeUse({ root, operation, direction, address, channel, messages }, tools);
}
