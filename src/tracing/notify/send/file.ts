import { open, rename } from 'node:fs/promises';
import { DELIVERED, later, type Outcome } from './outcome.ts';

/** Adds a line to a file, which is on the disk afterwards. A file that has become too long is put aside first. */
export async function appendLine(path: string, line: string, maxBytes: number): Promise<Outcome> {
  try {
    if ((await write(path, line, maxBytes)) === 'full') {
      await rename(path, `${path}.1`);
      await write(path, line, Number.POSITIVE_INFINITY);
    }
    return DELIVERED;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return later(`its file cannot be written (${code ?? 'for an unknown reason'})`);
  }
}

async function write(path: string, line: string, maxBytes: number): Promise<'written' | 'full'> {
  const bytes = Buffer.from(`${line}\n`);
  const file = await open(path, 'a', 0o600);
  try {
    const status = await file.stat();
    // standard output, a pipe or a device has no length, and cannot be made durable
    const isFile = status.isFile();
    if (isFile && status.size > 0 && status.size + bytes.length > maxBytes) return 'full';
    await file.appendFile(bytes);
    if (isFile) await file.datasync();
    return 'written';
  } finally {
    await file.close();
  }
}
