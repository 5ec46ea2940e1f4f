import type { CallObservation, ServiceObservation, Source } from '../../estate/index.ts';
import { addressesInText } from '../address-lines.ts';
import type { ReadContext, Reader, SourceFile } from '../reader.ts';
import { addressesInCode as addressesInSource } from './code-addresses.ts';
import { copiedSettings } from './copied-settings.ts';
import { addressesInDockerfile } from './dockerfile.ts';
import { type FileKind, kindOfFile } from './files.ts';
import { type GatewayRoute, gatewayRoutes } from './gateway-routes.ts';
import { addressVariablesIn } from './variables.ts';

const READER = 'addresses-in-code';
/** Longer files are data or generated. */
const MAX_BYTES = 1024 * 1024;
/** Calls of one file. */
const MAX_CALLS = 200;
/** Without one of these no file names an address. */
const HINT = /:\/\/|:\d{2,5}\b|host|addr|url|uri|endpoint|server|service|broker|upstream/i;
/** These set variables rather than read them. */
const SETS_VARIABLES = /(?:^|\/)(?:\.env|[^/]*(?:Dockerfile|Containerfile))[^/]*$/i;
/** Manifests have readers of their own. */
const MANIFEST = /^["{ \t]*apiVersion"?:\s/m;
const KIND = /^["{ \t]*kind"?:\s/m;
const COMPOSE = /^(?:docker-)?compose[\w.-]*\.ya?ml$/;
const GATEWAY = /\bgateway\b|\bzuul\b/;

/** Reads calls from addresses in source code and settings files, and the routes of Spring gateways.
 *  All of them count only where the host is one of the estate's. */
export const addressesInCode: Reader = {
  name: READER,
  wants: (path) => kindOfFile(path) !== undefined,
  start: (context) => ({
    read(file) {
      const kind = kindOfFile(file.path);
      // Compose puts the variables of the `.env` beside it where they belong.
      if (isOfCompose(file.path, context.paths)) return;
      if (kind === undefined || file.bytes.length > MAX_BYTES || file.isBinary) return;
      if (kind === 'dockerfile') observeCopied(file, context);
      if (!HINT.test(file.text) || (kind === 'settings' && MANIFEST.test(file.text))) return;
      observeCalls(file, context, found(file, kind));
      if (kind === 'code' || !SETS_VARIABLES.test(file.path)) observeVariables(file, context);
      const isSpring = /(?:^|\/)(?:application|bootstrap|[\w-]*gateway[\w-]*)[\w.-]*\.ya?ml$/i;
      if (isSpring.test(file.path) && GATEWAY.test(file.text)) observeRoutes(file, context);
    },
  }),
};

/** Settings that only the image says who reads: those of Prometheus, Grafana and the like. */
function observeCopied(dockerfile: SourceFile, context: ReadContext): void {
  for (const path of copiedSettings(dockerfile.path, dockerfile.text, context.paths)) {
    const file = kindOfFile(path) === undefined ? context.open(path) : undefined;
    if (!file || file.bytes.length > MAX_BYTES) continue;
    // Grafana's settings have an `apiVersion` too.
    if (MANIFEST.test(file.text) && KIND.test(file.text)) continue;
    observeCalls(file, context, found(file, 'settings'), dockerfile.path);
  }
}

function isOfCompose(path: string, paths: readonly string[]): boolean {
  const [, folder = ''] = /^(.*\/|)\.env[\w.-]*$/.exec(path) ?? [];
  return (
    /(?:^|\/)\.env[\w.-]*$/.test(path) &&
    paths.some((other) => other.startsWith(folder) && COMPOSE.test(other.slice(folder.length)))
  );
}

interface Found {
  readonly host: string;
  readonly port?: number;
  readonly offset: number;
  readonly evidence: string;
  readonly operation?: string;
}

function found(file: SourceFile, kind: FileKind): readonly Found[] {
  if (kind === 'code') return addressesInSource(file.text);
  const isDockerfile = kind === 'dockerfile';
  const lines = isDockerfile ? addressesInDockerfile(file.text) : addressesInText(file.text);
  const starts = lineStarts(file.text);
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  return lines.map((address) => {
    const start = starts[address.lineIndex] ?? 0;
    const end = starts[address.lineIndex + 1] ?? file.text.length;
    const line = file.text.slice(start, end).toLowerCase();
    const behindName = line.indexOf(address.name.toLowerCase()) + address.name.length;
    const column = line.indexOf(address.host, behindName);
    return {
      host: address.host,
      ...(address.port !== undefined && { port: address.port }),
      offset: start + Math.max(0, column),
      evidence: isDockerfile ? `environment variable ${address.name}` : `address in ${name}`,
    };
  });
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Each host once; where operations are known, once for each of them instead. */
function observeCalls(
  file: SourceFile,
  context: ReadContext,
  all: readonly Found[],
  caller = file.path,
): void {
  const withOperation = new Set(all.filter(({ operation }) => operation).map(({ host }) => host));
  const seen = new Set<string>();
  for (const { host, port, offset, evidence, operation } of all) {
    if (operation === undefined && withOperation.has(host)) continue;
    const key = `${host} ${operation ?? ''}`;
    if (seen.has(key) || seen.size >= MAX_CALLS) continue;
    seen.add(key);
    const source = sourceAt(file, offset);
    const target = { host, ...(port !== undefined && { port }) };
    observeCall(caller, context, target, source, evidence, operation);
  }
}

/** @param caller A file of the service that calls. */
function observeCall(
  caller: string,
  context: ReadContext,
  { host, port }: { readonly host: string; readonly port?: number },
  source: Source,
  evidence = `address in ${caller.slice(caller.lastIndexOf('/') + 1)}`,
  operation?: string,
): void {
  const call: CallObservation = {
    kind: 'call',
    from: { by: 'place', file: caller },
    to: { by: 'address', host, ...(port !== undefined && { port }), known: true },
    evidence,
    source,
    ...(operation !== undefined && { operation }),
    ...(port !== undefined && { port }),
  };
  context.observe(call);
}

function observeVariables(file: SourceFile, context: ReadContext): void {
  const names = addressVariablesIn(file.text);
  if (names.length === 0) return;
  context.observe({
    kind: 'variable-use',
    subject: { by: 'place', file: file.path },
    names,
    source: sourceAt(file, 0),
  });
}

function sourceAt(file: SourceFile, offset: number): Source {
  return { reader: READER, how: 'configured', file: file.path, ...file.position(offset) };
}

function observeRoutes(file: SourceFile, context: ReadContext): void {
  for (const document of file.documents(context.report)) {
    for (const route of gatewayRoutes(document)) {
      const { line, column } = document.at(route.at);
      const source: Source = { reader: READER, how: 'configured', file: file.path, line, column };
      context.observe(routeObservation(route, source));
      // What the names of Zuul's services are is not to be seen from the text alone.
      if (route.gateway === 'Zuul') observeCall(file.path, context, route, source);
    }
  }
}

function routeObservation(route: GatewayRoute, source: Source): ServiceObservation {
  const { host, port, path, methods, gateway, name } = route;
  const prefix = path.replace(/\/?\*\*?$/, '');
  return {
    kind: 'service',
    subject: { by: 'address', host, ...(port !== undefined && { port }), known: true },
    route: {
      via: `${gateway} ${name}`,
      hosts: [],
      path: prefix === path ? path : prefix === '' ? '/' : prefix,
      match: prefix === path ? (/[*{]/.test(path) ? 'pattern' : 'exact') : 'prefix',
      methods: [...methods],
      internet: false,
      source,
    },
    source,
  };
}
