export { credentials, DEFAULT_LEAK_LIMITS, type LeakLimits, type LeakReader } from './reader.ts';
