import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { basename, resolve, sep } from 'node:path';
import tls from 'node:tls';

/** What happened while a function ran. */
export interface Watched<Result> {
  readonly result: Result;
  /** Calls that could reach a network: `dns.lookup`. */
  readonly network: readonly string[];
  /** Programs that were started, by name. */
  readonly programs: readonly string[];
  /** Paths that the file system was asked for and that do not lie below `root`. */
  readonly outside: readonly string[];
}

type Method = (...args: unknown[]) => unknown;
type Module = Record<string, unknown>;

const NETWORK: readonly (readonly [name: string, module: unknown, methods: readonly string[]])[] = [
  ['net', net, ['connect', 'createConnection']],
  ['net.Socket', net.Socket.prototype, ['connect']],
  ['tls', tls, ['connect']],
  ['dns', dns, ['lookup', 'resolve', 'resolve4', 'resolve6']],
  ['dns.promises', dns.promises, ['lookup', 'resolve']],
  ['dgram', dgram, ['createSocket']],
  ['http', http, ['request', 'get']],
  ['https', https, ['request', 'get']],
  ['http2', http2, ['connect']],
  ['globalThis', globalThis, ['fetch', 'WebSocket']],
];
const PROGRAMS = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'];
const FILES = ['openSync', 'readFileSync', 'readdirSync', 'realpathSync', 'open', 'readFile'];
const WRITES = ['writeFileSync', 'appendFileSync', 'mkdirSync', 'rmSync', 'createWriteStream'];

/** Runs a function while every call to the network, to programs and to files outside `root` is
 *  written down. Calls are let through: a test that fails should fail as the product would. */
export function watch<Result>(root: string, run: () => Result): Watched<Result> {
  const network: string[] = [];
  const programs: string[] = [];
  const outside: string[] = [];
  const undo: (() => void)[] = [];
  const tap = (
    module: unknown,
    names: readonly string[],
    saw: (name: string, first: unknown) => void,
  ) => {
    for (const name of names) undo.push(replace(module as Module, name, saw));
  };
  for (const [name, module, methods] of NETWORK) {
    tap(module, methods, (method) => network.push(`${name}.${method}`));
  }
  tap(childProcess, PROGRAMS, (_, program) => programs.push(basename(String(program))));
  tap(fs, [...FILES, ...WRITES], (_, path) => {
    if (!isAllowed(String(path), root)) outside.push(String(path));
  });
  syncBuiltinESMExports();
  try {
    return { result: run(), network, programs, outside };
  } finally {
    for (const step of undo.reverse()) step();
    syncBuiltinESMExports();
  }
}

function replace(
  module: Module,
  name: string,
  saw: (name: string, first: unknown) => void,
): () => void {
  const original = module[name];
  if (typeof original !== 'function') return () => {};
  function tapped(this: unknown, ...args: unknown[]): unknown {
    saw(name, args[0]);
    return (original as Method).apply(this, args);
  }
  // realpathSync.native and the like are part of the function.
  module[name] = Object.assign(tapped, original);
  return () => {
    module[name] = original;
  };
}

/** Parsers load their grammars from the installed packages. */
function isAllowed(path: string, root: string): boolean {
  const absolute = resolve(path);
  return (
    absolute === root || absolute.startsWith(root + sep) || absolute.includes('/node_modules/')
  );
}
