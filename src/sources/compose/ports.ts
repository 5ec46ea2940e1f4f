import { isFields, listAt, textAt } from '../../base/pick.ts';
import type { Route } from '../../estate/index.ts';
import { interpolate } from './interpolate.ts';
import type { Definition } from './project.ts';

const ENTRY_PORTS = new Set(['80', '443']);
const LOOPBACK = /^(?:127\.|\[?::1|localhost)/;

/** What a definition publishes on its host. A Compose file says nothing of the network around the
 *  host and mostly describes one developer's machine, so a published port is reachable from inside
 *  only; ports 80 and 443 on every interface are the exception, because they are published for
 *  users. */
export function routesOf(definition: Definition): readonly Route[] {
  return listAt(definition.value, 'ports').flatMap((item, index) => {
    const published = isFields(item) ? longForm(item) : shortForm(definition, textAt(item) ?? '');
    if (!published || LOOPBACK.test(published.address)) return [];
    return [
      {
        via: `Compose port ${published.port}`,
        hosts: [],
        path: '/',
        match: 'prefix',
        methods: [],
        internet: ENTRY_PORTS.has(published.port),
        source: definition.sourceAt(['ports', index]),
      },
    ];
  });
}

interface Published {
  readonly address: string;
  readonly port: string;
}

function longForm(item: unknown): Published | undefined {
  const port = textAt(item, 'published') ?? textAt(item, 'target');
  return port === undefined ? undefined : { address: textAt(item, 'host_ip') ?? '', port };
}

/** `[address:][published:]target[/protocol]`; a target alone is published on a port of Docker's
 *  choice. */
function shortForm(definition: Definition, text: string): Published | undefined {
  const parts =
    interpolate(text, definition.variables)
      .replace(/\/.*$/, '')
      .match(/\[[^\]]*\]|[^:]+/g) ?? [];
  const [target, published = target] = [...parts].reverse();
  if (target === undefined || published === undefined) return undefined;
  return { address: parts.length > 2 ? (parts[0] ?? '') : '', port: published };
}
