export { readSpans, TRACE_FILES } from './read.ts';
