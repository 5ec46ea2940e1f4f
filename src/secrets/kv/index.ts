export { type KvMetadata, type KvPath, type KvVersion, placeOf, withKv } from './engine.ts';
export type { KvAccess } from './session.ts';
