import { join } from 'node:path';
import type { Random } from '../aead.ts';
import type { KekConfig } from '../config.ts';
import { openFileKek } from './file.ts';
import type { Kek } from './kek.ts';
import type { Environment } from './reference.ts';
import { openVariableKek } from './variable.ts';

/** The key of a file where the configuration names none. */
export const KEK_FILE = 'vault.key';

export interface KekPorts {
  readonly dataFolder: string;
  readonly environment: Environment;
  readonly random: Random;
  /** For a new vault: makes what a file lacks. */
  readonly isNew: boolean;
}

/** The key-encryption key of a configuration; undefined where people have to bring its shares. What a kind needs is
 *  loaded with the first key of that kind.
 *  @throws {Fault} see `Kek`; `vault/kek-exposed` */
export async function openKek(config: KekConfig, ports: KekPorts): Promise<Kek | undefined> {
  const { dataFolder, environment, random, isNew } = ports;
  switch (config.kind) {
    case 'file':
      return openFileKek(config.file ?? join(dataFolder, KEK_FILE), random, isNew);
    case 'variable':
      return openVariableKek(config.variable, environment, random);
    case 'openbao': {
      const { OpenBaoKek } = await import('./openbao.ts');
      return new OpenBaoKek(config, environment);
    }
    case 'aws-kms': {
      const { AwsKmsKek } = await import('./aws-kms.ts');
      return new AwsKmsKek(config);
    }
    case 'pkcs11': {
      const { Pkcs11Kek } = await import('./pkcs11/index.ts');
      return new Pkcs11Kek(config, environment, random);
    }
    case 'shamir':
      return undefined;
  }
}
