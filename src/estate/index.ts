export * from './decision.ts';
export * from './fact.ts';
export * from './model.ts';
export * from './observation.ts';
export * from './record.ts';
export * from './sighting.ts';
export * from './store.ts';
export * from './traffic.ts';
