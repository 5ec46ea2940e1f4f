import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { compareText } from '../../../base/diagnostic.ts';
import { type BundleFile, type BundleSigner, signaturesOf } from './signatures.ts';

/** What an OPA loads at once: a policy and its data. */
export interface OpaBundle {
  /** Of what its files say: the same for the same files, whoever signs them. */
  readonly revision: string;
  /** A tar archive, compressed with gzip. */
  readonly bytes: Buffer;
}

const ARCHIVE_NAME = '/.signatures.json';
/** Of every file: an archive says nothing of when it was made. */
const EPOCH = new Date(0);
/** Where a header of gzip says which system wrote it (RFC 1952 §2.3); 255 is "unknown". */
const GZIP_SYSTEM = 9;
const compress = promisify(gzip);

/** Packs files, their manifest among them, as a bundle that is signed. The same files and signature give the same bytes.
 *  @see OPA documentation, "Bundles", Bundle File Format */
export async function packBundle(
  files: readonly BundleFile[],
  signer: BundleSigner,
): Promise<OpaBundle> {
  const sorted = files.toSorted((a, b) => compareText(a.path, b.path));
  const archive = pack();
  archive.entry({ name: ARCHIVE_NAME, mtime: EPOCH }, signaturesOf(sorted, signer));
  for (const { path, text } of sorted) archive.entry({ name: `/${path}`, mtime: EPOCH }, text);
  archive.finalize();
  const bytes = await compress(await buffer(archive));
  bytes[GZIP_SYSTEM] = 255;
  return { revision: revisionOf(sorted), bytes };
}

/** Tells bundles apart by what their files say. */
export function revisionOf(files: readonly BundleFile[]): string {
  const hash = createHash('sha256');
  for (const { path, text } of files.toSorted((a, b) => compareText(a.path, b.path))) {
    hash.update(`${path.length}:${path}${text.length}:${text}`);
  }
  return hash.digest('hex').slice(0, 32);
}
