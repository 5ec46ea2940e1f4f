import { createRequire } from 'node:module';
import type * as Wasm from '@cedar-policy/cedar-wasm';

/** What is used of Cedar's own code. */
export type Cedar = typeof Wasm;

const require = createRequire(import.meta.url);
const ENTRY = '@cedar-policy/cedar-wasm/nodejs';

/** Cedar's own code, loaded when it is first needed (some 4 MB of wasm). */
export function loadCedar(): Cedar {
  return require(ENTRY);
}

/** Asks Cedar; undefined where it broke down over what it was asked, as it does when its stack overflows. Its memory is
 *  not to be trusted afterwards, so the next question loads it anew. */
export function askCedar<T>(question: (cedar: Cedar) => T): T | undefined {
  try {
    return question(loadCedar());
  } catch {
    delete require.cache[require.resolve(ENTRY)];
    return undefined;
  }
}
