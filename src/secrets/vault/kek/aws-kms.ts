import type { KMSClient } from '@aws-sdk/client-kms';
import type { Fault } from '../../../base/fault.ts';
import { ownCopy } from '../aead.ts';
import { fromBase64Url } from '../base64url.ts';
import type { AwsKmsKekConfig } from '../config.ts';
import { kekDenied, kekMalformed, kekNotFound, kekRefused, kekUnavailable } from './faults.ts';
import type { Kek, KekContext } from './kek.ts';

/** What is needed of the SDK, which is loaded when it is first used. */
type Sdk = typeof import('@aws-sdk/client-kms');
const ATTEMPTS = 2;

/** A symmetric key of AWS KMS, which never leaves it. The context is its encryption context, so that it stands in
 *  CloudTrail and a key policy can ask for it.
 *  @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html */
export class AwsKmsKek implements Kek {
  readonly id: string;
  readonly #config: AwsKmsKekConfig;
  #client: Promise<readonly [Sdk, KMSClient]> | undefined;

  constructor(config: AwsKmsKekConfig) {
    this.#config = config;
    this.id = `aws-kms:${config.keyId}`;
  }

  async wrap(plain: Buffer, context: KekContext): Promise<string> {
    const { CiphertextBlob } = await this.#ask((sdk, client, abortSignal) => {
      const words = { KeyId: this.#config.keyId, Plaintext: plain, EncryptionContext: context };
      return client.send(new sdk.EncryptCommand(words), { abortSignal });
    });
    if (CiphertextBlob === undefined) throw this.#odd('CiphertextBlob');
    return Buffer.from(CiphertextBlob).toString('base64url');
  }

  async unwrap(wrapped: string, context: KekContext): Promise<Buffer> {
    const blob = fromBase64Url(wrapped);
    if (blob === undefined || blob.length === 0) throw kekRefused(this.id);
    const { Plaintext } = await this.#ask((sdk, client, abortSignal) => {
      const words = {
        KeyId: this.#config.keyId,
        CiphertextBlob: blob,
        EncryptionContext: context,
      };
      return client.send(new sdk.DecryptCommand(words), { abortSignal });
    });
    if (Plaintext === undefined) throw this.#odd('Plaintext');
    const plain = ownCopy(Plaintext);
    Plaintext.fill(0);
    return plain;
  }

  close(): void {
    this.#client?.then(
      ([, client]) => client.destroy(),
      () => {},
    );
    this.#client = undefined;
  }

  async #ask<Answer>(
    send: (sdk: Sdk, client: KMSClient, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    this.#client ??= openClient(this.#config);
    const signal = AbortSignal.timeout(this.#config.timeoutSeconds * 1_000);
    try {
      const [sdk, client] = await this.#client;
      return await send(sdk, client, signal);
    } catch (thrown) {
      throw this.#faultOf(thrown);
    }
  }

  /** By the name of the error alone: its message may hold anything. */
  #faultOf(thrown: unknown): Fault {
    const name = thrown instanceof Error ? thrown.name : '';
    if (REFUSED.has(name)) return kekRefused(this.id);
    const [fault, why] = ERRORS[name] ?? [kekUnavailable, 'it cannot be asked'];
    return fault(`${this.id}: ${why}${/^\w{1,80}$/.test(name) ? ` (${name})` : ''}`, HINT);
  }

  #odd(member: string): Fault {
    return kekMalformed(`${this.id} answers without \`${member}\``);
  }
}

async function openClient(config: AwsKmsKekConfig): Promise<readonly [Sdk, KMSClient]> {
  const { region, endpoint, timeoutSeconds } = config;
  const sdk = await import('@aws-sdk/client-kms');
  const client = new sdk.KMSClient({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: timeoutSeconds * 1_000,
      requestTimeout: timeoutSeconds * 1_000,
    },
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  });
  return [sdk, client];
}

const HINT =
  'the identity of Reeve needs `kms:Encrypt` and `kms:Decrypt` on the key, in its region';
/** What is wrapped is not by this key, or not for this context. */
const REFUSED: ReadonlySet<string> = new Set([
  'InvalidCiphertextException',
  'IncorrectKeyException',
]);
const ERRORS: Readonly<Record<string, readonly [typeof kekDenied, string]>> = {
  AccessDeniedException: [kekDenied, 'the policies do not allow it'],
  UnrecognizedClientException: [kekDenied, 'the credentials are not known'],
  InvalidSignatureException: [kekDenied, 'the credentials are wrong, or the clock is'],
  ExpiredTokenException: [kekDenied, 'the credentials have expired'],
  CredentialsProviderError: [kekDenied, 'the AWS SDK finds no credentials'],
  NotFoundException: [kekNotFound, 'there is no such key in this account and region'],
  DisabledException: [kekDenied, 'the key is disabled'],
  InvalidKeyUsageException: [kekDenied, 'the key is not for encryption'],
  KMSInvalidStateException: [kekDenied, 'the key is disabled, or waits to be deleted'],
  ValidationException: [kekMalformed, 'the id of the key is not valid'],
  ThrottlingException: [kekUnavailable, 'too many requests'],
  AbortError: [kekUnavailable, 'no answer in time'],
  TimeoutError: [kekUnavailable, 'no answer in time'],
};
