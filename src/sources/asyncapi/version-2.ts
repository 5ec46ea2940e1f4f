import { quote } from '../../base/fault.ts';
import { isFields } from '../../base/pick.ts';
import { childNode, childNodes, type DataNode } from '../data-node.ts';
import { type Direction, mappingAt, observeUse, type Tools } from './channels.ts';

/** A channel of version 2 tells what clients may do there, so the service does the opposite: what
 *  clients publish, it receives.
 *  @see AsyncAPI 2.6.0, Channel Item Object: `publish` defines "the messages produced by the
 *  consumers" that the application takes in, `subscribe` those that the application produces */
const DIRECTIONS: Readonly<Record<string, Direction>> = {
  publish: 'SUBSCRIBE',
  subscribe: 'PUBLISH',
};

/** Observes what the service does at each channel of an AsyncAPI 2.x document. */
export function readVersion2(root: DataNode, tools: Tools): void {
  const channels = mappingAt(childNode(root, 'channels'), 'the list of', tools);
  if (channels === undefined) return;
  for (const item of childNodes(channels)) {
    if (String(item.step).startsWith('x-')) continue;
    const channel = mappingAt(item, 'channel', tools);
    if (channel === undefined) continue;
    for (const [key, direction] of Object.entries(DIRECTIONS)) {
      const operation = childNode(channel, key);
      if (operation.value === undefined) continue;
      if (!isFields(operation.value)) {
        const message = `${quote(key)} of channel ${quote(item.step, 200)} is not a mapping`;
        tools.report.at(operation, 'error', 'invalid', message);
        continue;
      }
      const messages = messagesOf(operation, tools);
      const address = String(item.step);
      observeUse({ root, operation, direction, address, channel, messages }, tools);
    }
  }
}

/** A message, or one of several. */
function messagesOf(operation: DataNode, tools: Tools): readonly DataNode[] {
  const message = childNode(operation, 'message');
  const target = message.value === undefined ? undefined : tools.references.follow(message);
  if (target === undefined) return [];
  const alternatives = childNodes(childNode(target, 'oneOf'));
  return alternatives.length > 0 ? alternatives : [target];
}
