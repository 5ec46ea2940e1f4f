import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Peer } from './tools.ts';

const INSTALL_MILLISECONDS = 300_000;

/** Somebody else may be installing something. */
const LOCK_SECONDS = 120;

/** A file that Debian's packages bring, installed where it is missing and this is root; nothing is started by it.
 *  @param file where it is looked for */
export function debianPackages(packages: readonly string[], file: string): Peer {
  if (existsSync(file)) return { path: file };
  const names = packages.join(', ');
  if (process.getuid?.() !== 0) return { why: `only root can install Debian’s ${names}` };
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    timeout: INSTALL_MILLISECONDS,
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  const patience = ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`];
  const words = [...patience, 'install', '-y', '-qq', '--no-install-recommends', ...packages];
  const { status } = spawnSync('apt-get', words, options);
  return status === 0 && existsSync(file)
    ? { path: file }
    : { why: `apt-get cannot install ${names}` };
}
