export * from './model.ts';
export * from './observation.ts';
