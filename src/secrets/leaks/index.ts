export { isTestPath } from './files.ts';
export { fingerprintsOfValue, valuesIn } from './own-values.ts';
export { credentials, DEFAULT_LEAK_LIMITS, type LeakLimits, type LeakReader } from './reader.ts';
