import { hash } from 'node:crypto';
import { oncePer } from '../../../base/once.ts';
import { type TrustBundle, writeBundle } from '../../spiffe/index.ts';

/** A bundle as it is sent. */
export interface BundleDocument {
  readonly body: Buffer;
  readonly etag: string;
}

/** Writes each bundle once: bundles do not change, a new one is a new object. */
export function documentWriter(): (bundle: TrustBundle) => BundleDocument {
  return oncePer((bundle) => {
    const body = Buffer.from(writeBundle(bundle));
    return { body, etag: `"${hash('sha256', body, 'base64url')}"` };
  });
}

export interface BundleRequest {
  readonly method: string | undefined;
  /** With its query. */
  readonly target: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export interface BundleAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Not sent where only the headers were asked for. */
  readonly body: Buffer;
}

const NONE = Buffer.alloc(0);
const RETRY_SECONDS = 10;
const plain = (
  status: number,
  why: string,
  headers: Record<string, string> = {},
): BundleAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: Buffer.from(`${why}\n`),
});

/** What a request for the bundle is answered with. An empty bundle would tell others to trust nothing of
 *  ours: until there is a key, the answer is that there is none yet.
 *  @see SPIFFE Federation §5.2.1.3, §5.2.2.3; RFC 9110 §13.1.2 */
export function answerTo(
  { method, target = '', ifNoneMatch }: BundleRequest,
  path: string,
  bundle: TrustBundle,
  write: (bundle: TrustBundle) => BundleDocument,
): BundleAnswer {
  if (target.split('?', 1)[0] !== path) return plain(404, 'There is no bundle at this path');
  if (method !== 'GET' && method !== 'HEAD') {
    return plain(405, 'The bundle can only be read', { allow: 'GET, HEAD' });
  }
  if (bundle.x509Authorities.length + bundle.jwtAuthorities.length === 0) {
    return plain(503, 'There is no bundle yet', { 'retry-after': String(RETRY_SECONDS) });
  }
  const { body, etag } = write(bundle);
  // whoever keeps a copy asks before it is used: keys are known to all only so long after they are published
  const headers = { etag, 'cache-control': 'no-cache' };
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) {
    return { status: 304, headers, body: NONE };
  }
  return { status: 200, headers: { ...headers, 'content-type': 'application/json' }, body };
}

function matches(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(',').some((one) => {
    const tag = one.trim();
    return tag === '*' || tag.replace(/^W\//, '') === etag;
  });
}
