import { z } from 'zod';
import type { Scans } from '../../scans.ts';
import { type Operation, operation } from '../operation.ts';
import { Diagnostic } from './diagnostic.ts';

const Scan = z.strictObject({
  /** The folder's name in the configuration. */
  name: z.string(),
  environment: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Files read, and files to read. */
  progress: z.strictObject({ done: z.int(), total: z.int() }),
  endedAt: z.iso.datetime().nullable(),
  fileCount: z.int(),
  diagnosticCount: z.int(),
  /** Why it failed. */
  failure: z.string().nullable(),
});

/** Reading the configured folders. No path is ever taken from a request. */
export function scanOperations(scans: Scans): Operation[] {
  const name = z.strictObject({ name: z.string().max(200) });
  return [
    operation({
      id: 'list-scans',
      method: 'GET',
      path: '/api/v1/scans',
      tag: 'scans',
      summary: 'The configured folders, and how far reading each has come',
      access: 'estate.read',
      status: 200,
      response: z.strictObject({ items: z.array(Scan) }),
      handle: () => ({ items: scans.list() }),
    }),
    operation({
      id: 'start-scans',
      method: 'POST',
      path: '/api/v1/scans',
      tag: 'scans',
      summary: 'Reads the configured folders again: those named, or all',
      access: 'estate.write',
      body: z.strictObject({ names: z.array(z.string().max(200)).max(1_000).optional() }),
      status: 202,
      response: z.strictObject({ items: z.array(Scan) }),
      handle: ({ body }) => {
        scans.start(body.names);
        return { items: scans.list() };
      },
    }),
    operation({
      id: 'list-diagnostics',
      method: 'GET',
      path: '/api/v1/scans/{name}/diagnostics',
      tag: 'scans',
      summary: 'What could not be read at the last scan of a folder, at most the first 1,000',
      access: 'estate.read',
      params: name,
      status: 200,
      response: z.strictObject({ items: z.array(Diagnostic) }),
      handle: ({ params }) => ({ items: scans.diagnostics(params.name) }),
    }),
  ];
}
