import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, as files and as PEM. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A certificate authority of one test run: keys are made by OpenSSL and gone with `remove`. */
export class TestAuthority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'reeve-certificates-'));
  readonly root: Certificate;

  constructor() {
    this.root = this.#make('root', 'authority of a test', [
      '-addext',
      'basicConstraints=critical,CA:TRUE',
    ]);
  }

  /** Signs a certificate with these subject alternative names, as OpenSSL writes them. */
  issue(name: string, alternativeNames: readonly string[]): Certificate {
    const { certFile, keyFile } = this.root;
    return this.#make(name, name, [
      ...['-CA', certFile, '-CAkey', keyFile],
      ...['-addext', `subjectAltName=${alternativeNames.join(',')}`],
      ...['-addext', 'basicConstraints=CA:FALSE'],
    ]);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #make(name: string, commonName: string, words: readonly string[]): Certificate {
    const certFile = join(this.#folder, `${name}.pem`);
    const keyFile = join(this.#folder, `${name}.key`);
    const { status, stderr, error } = spawnSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'],
        ...['-days', '2', '-subj', `/CN=${commonName}`, '-out', certFile, '-keyout', keyFile],
        ...words,
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`openssl failed: ${error?.message ?? stderr}`);
    return { certFile, keyFile, cert: readFileSync(certFile), key: readFileSync(keyFile) };
  }
}
