/** The secrets of this workload, and API keys that are shown to it. */
export {
  type ApiKeyOptions,
  type ApiKeyQuestion,
  type ApiKeyVerdict,
  type ReeveApiKeys,
  reeveApiKeys,
} from './api-keys.ts';
export {
  type ReeveSecrets,
  reeveSecrets,
  type SecretChoice,
  type SecretsEvents,
  type SecretsOptions,
} from './reeve-secrets.ts';
export type { PreviousSecret, Secret, SecretDetails, SecretValue } from './secret.ts';
