import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { compareText } from '../../../base/diagnostic.ts';
import {
  type BundleFile,
  type BundleSigner,
  type HashedFile,
  hashOf,
  signaturesOf,
} from './signatures.ts';

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
/** Of 39 MB this makes 3.2 instead of 2.5, in a third of the time, which every OPA waits for. */
const LEVEL = 3;
const CHUNK_BYTES = 1024 * 1024;
/** Where a header of gzip says which system wrote it (RFC 1952 §2.3); 255 is "unknown". */
const GZIP_SYSTEM = 9;

/** Packs files, their manifest among them, as a bundle that is signed. The same files and signature give the same bytes.
 *  @see OPA documentation, "Bundles", Bundle File Format */
export async function packBundle(
  files: readonly BundleFile[],
  signer: BundleSigner,
): Promise<OpaBundle> {
  const sorted = files.toSorted((a, b) => compareText(a.path, b.path));
  const hashed = sorted.map((file) => {
    const bytes = Buffer.from(file.text);
    return { ...file, bytes, hash: hashOf(file, bytes) };
  });
  const archive = pack();
  archive.entry({ name: ARCHIVE_NAME, mtime: EPOCH }, signaturesOf(hashed, signer));
  for (const { path, bytes } of hashed) archive.entry({ name: `/${path}`, mtime: EPOCH }, bytes);
  archive.finalize();
  const bytes = await buffer(archive.pipe(createGzip({ level: LEVEL, chunkSize: CHUNK_BYTES })));
  bytes[GZIP_SYSTEM] = 255;
  return { revision: revisionOf(hashed), bytes };
}

/** Tells bundles apart by what their files say. */
function revisionOf(files: readonly HashedFile[]): string {
  const hash = createHash('sha256');
  for (const { path, hash: own } of files) hash.update(`${path.length}:${path}${own}`);
  return hash.digest('hex').slice(0, 32);
}
