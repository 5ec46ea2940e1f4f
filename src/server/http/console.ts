import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../base/fault.ts';

interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  /** The name changes with the content. */
  readonly immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** The built console, held in memory: a request picks an asset by name and reaches no file. */
export class ConsoleAssets {
  readonly #assets = new Map<string, Asset>();

  /** `folder` is what `vite build` made; without it, the console's pages say how to build it. */
  constructor(folder: string) {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const file = join(entry.parentPath, entry.name);
      const path = file.slice(folder.length).replaceAll('\\', '/');
      this.#assets.set(path, toAsset(readFileSync(file), type, path.startsWith('/assets/')));
    }
  }

  /** Sends the asset of the request's path; pages of the console are all one document. */
  send(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = request.url.split('?', 1)[0] ?? '/';
    const isPage = extname(path) === '';
    const asset = this.#assets.get(isPage ? '/index.html' : path);
    if (asset === undefined) throw notFound(isPage);
    reply.headers({
      etag: asset.etag,
      vary: 'accept-encoding',
      'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
    reply.type(asset.type);
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(asset.bytes);
    return reply.header('content-encoding', 'gzip').send(asset.gzipped);
  }
}

function toAsset(bytes: Buffer, type: string, immutable: boolean): Asset {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { type, etag, bytes, gzipped: gzipSync(bytes), immutable };
}

function notFound(isPage: boolean): Fault {
  return isPage
    ? new Fault('http/console-not-found', 'The console is not built', {
        hint: 'run `npm start`, or `npm run build -w web`',
      })
    : new Fault('http/not-found', 'There is no such file');
}
