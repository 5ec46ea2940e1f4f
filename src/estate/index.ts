export * from './fact.ts';
export * from './model.ts';
export * from './observation.ts';
export * from './record.ts';
export { openStore, StoreConfig } from './store/index.ts';
export * from './store.ts';
