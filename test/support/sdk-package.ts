import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** What packing the SDK needs of this repository. */
const NEEDED = [
  'package.json',
  'sdk/src',
  'sdk/package.json',
  'sdk/tsconfig.build.json',
  'sdk/README.md',
  'src/base',
  'src/identity',
  'src/authorization',
  'src/estate',
  'scripts/sdk.ts',
  'scripts/run.ts',
  'tsconfig.json',
  'LICENSE',
];

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runIn(folder: string, command: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, stdout, stderr: error ? error.message : stderr };
}

/** The SDK as npm packs it, in a project of its own that has it installed, beside packages of this
 *  repository. It is packed from a copy, so that nothing changes under others who run. */
export class SdkProject {
  readonly #folder = mkdtempSync(join(tmpdir(), 'reeve-sdk-'));
  /** Where programs go. */
  readonly folder = join(this.#folder, 'project');
  readonly sdk = join(this.folder, 'node_modules/@reeve/sdk');
  /** What `npm pack --json` says of the tarball. */
  readonly packed: { readonly filename: string; readonly files: readonly { path: string }[] };

  constructor(packages: readonly string[]) {
    const copy = join(this.#folder, 'repository');
    for (const path of NEEDED) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const { status, stdout, stderr } = runIn(join(copy, 'sdk'), 'npm', 'pack', '--json');
    if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
    // What scripts print comes first.
    const listed: unknown = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
    this.packed = Object.values(listed as Record<string, SdkProject['packed']>)[0] as never;
    mkdirSync(this.sdk, { recursive: true });
    const tarball = join(copy, 'sdk', this.packed.filename);
    const unpacked = runIn(this.sdk, 'tar', 'xzf', tarball, '--strip-components=1');
    if (unpacked.status !== 0) throw new Error(`tar failed: ${unpacked.stderr}`);
    copyFileSync(join(copy, 'sdk/package.json'), join(this.#folder, 'package-after.json'));
    for (const name of packages) this.#link(name);
  }

  /** The manifest of the copy after packing. */
  get manifestAfterPacking(): string {
    return join(this.#folder, 'package-after.json');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #link(name: string): void {
    const place = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), place);
  }
}
