import { type Address, addressesIn } from '../addresses.ts';
import { operationOf } from './operation.ts';

/** An address in a source text. */
export interface CodeAddress extends Address {
  /** Of the literal, in UTF-16 code units. */
  readonly offset: number;
  /** `GET /customers/{id}`, where the code says so. */
  readonly operation?: string;
  /** What gives it away. */
  readonly evidence: string;
}

/** Longer lines are data. */
const MAX_LINE_LENGTH = 2_000;
/** Addresses of one file. */
const MAX_ADDRESSES = 500;

/** What a line must hold to be looked at. */
const HINT = /:\/\/|["'`](?:[a-z][\w.-]{0,80}:\d{2,5}|[a-z][a-z0-9.-]{1,80}["'`])/i;
const COMMENT_LINE = /^\s*(?:\/\/|\/?\*|#(?!\[)|<!--|--)/;
const COMMENT_BEHIND = /(?:^|\s)(?:\/\/|#)\s/;

const URL = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>\\]{1,400}/gi;
const HOST_AND_PORT =
  /["'`]([a-z][\w-]{0,62}(?:\.[\w-]{1,63}){0,6}:\d{2,5})(?:\/[^"'`\s]{0,200})?["'`]/gi;
/** `process.env.X_HOST || 'x'`, `os.getenv("X_HOST", "x")`, `env["X_HOST"] ?? "x"`. */
const DEFAULT =
  /\b([A-Z][A-Z0-9_]{1,80})["'`]?\]?\)?\s{0,4}(?:\|\||\?\?|\bor\b|,)\s{0,4}["'`]([^"'`\s]{1,200})["'`]/g;
/** `System.getenv("X_HOST") == null ? "x" : …`. */
const DEFAULT_OF_NULL =
  /\b([A-Z][A-Z0-9_]{1,80})["'`]?\]?\)?\s{0,4}={2,3}\s{0,4}(?:null|nil|undefined|["'`]{2})\s{0,4}\?\s{0,4}["'`]([^"'`\s]{1,200})["'`]/g;
/** `host: 'x'`, `"catalogueHost" = "x"`, `serviceName = "x"`. */
const NAMED =
  /\b([A-Za-z][\w-]{0,80}?)["'`]?\s{0,4}(?::|:?=)\s{0,4}["'`]([a-z][a-z0-9.-]{1,80})["'`]/g;
/** Names of the program's own things rather than of where it calls. */
const OWN_NAME = /^(?:services?|servers?|nodes?|hostnames?)$/i;
/** Files, and schemes that name no host. */
const FILE =
  /\.(?:html?|[cm]?[jt]sx?|json|ya?ml|xml|css|svg|png|jpe?g|txt|md|py|go|php|jsp|tpl|proto)$/;
const OTHER_SCHEME = /^(?:php|phar|chrome|chrome-extension|resource|ms-appx|vscode|about|app):/i;

/** `getServiceUrl("orders-service")`, `@FeignClient(name = "orders-service")`,
 *  `discoveryClient.getInstances("orders-service")`. */
const ASKED =
  /(?:\w{0,60}(?:Service_?Ur[il]|Service_?Host|FeignClient|RibbonClient|LoadBalanced|[Cc]lient\.getInstances|[Cc]lient\.getNextServerFromEureka|[Ll]oadBalancer\.choose)\w{0,40}\s{0,4}\((?:\s{0,4}(?:name|value|serviceId)\s{0,4}=)?)\s{0,4}["']([a-z][a-z0-9-]{1,62})["']/gi;

/** The addresses of other services in source code of any language, line by line: what stands in
 *  literals, and not what comments say. */
export function addressesInCode(text: string): readonly CodeAddress[] {
  const found: CodeAddress[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.length <= MAX_LINE_LENGTH && HINT.test(line) && !COMMENT_LINE.test(line)) {
      for (const address of addressesInLine(withoutComment(line))) {
        found.push({ ...address, offset: offset + address.offset });
      }
    }
    if (found.length >= MAX_ADDRESSES) break;
    offset += line.length + 1;
  }
  return found;
}

function withoutComment(line: string): string {
  const at = line.search(COMMENT_BEHIND);
  return at < 0 ? line : line.slice(0, at + 1);
}

function addressesInLine(line: string): CodeAddress[] {
  const found: CodeAddress[] = [];
  const add = (name: string, value: string, offset: number, evidence: string): void => {
    for (const address of addressesIn(name, value)) {
      const isKnown = found.some(({ host }) => host === address.host);
      if (isKnown || FILE.test(address.host) || OTHER_SCHEME.test(value)) continue;
      const operation = operationOf(line, offset, value);
      found.push({ ...address, offset, evidence, ...(operation && { operation }) });
    }
  };
  for (const match of line.matchAll(URL)) add('', match[0], match.index, 'URL in code');
  for (const match of line.matchAll(HOST_AND_PORT)) {
    add('address', match[1] ?? '', match.index + 1, 'address in code');
  }
  for (const pattern of [DEFAULT, DEFAULT_OF_NULL]) {
    for (const match of line.matchAll(pattern)) {
      const [whole, name = '', value = ''] = match;
      const at = match.index + whole.lastIndexOf(value);
      add(name, value, at, `default of ${name} in code`);
    }
  }
  for (const match of line.matchAll(NAMED)) {
    const [whole, name = '', value = ''] = match;
    if (OWN_NAME.test(name)) continue;
    add(name, value, match.index + whole.lastIndexOf(value), 'address in code');
  }
  for (const match of line.matchAll(ASKED)) {
    const [whole, value = ''] = match;
    add('host', value, match.index + whole.lastIndexOf(value), 'service name in code');
  }
  return found;
}
