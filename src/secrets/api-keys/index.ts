export { ApiKeys, type ApiKeysParts, type ApiKeyView } from './api-keys.ts';
export { ApiKeysConfig } from './config.ts';
export { KeyIndex, type KeyState } from './key-index.ts';
export { drawKey, readKey } from './key-text.ts';
export {
  ApiKey,
  ApiKeyGrant,
  ApiKeyScope,
  type Asked,
  REFUSALS,
  type Refusal,
  type Verdict,
} from './model.ts';
