/** Policy for those who decide elsewhere: cut to their size, and told as it changes. */
export { POLICY_FEED } from './description.ts';
export { MAX_SLICE_BYTES } from './format.ts';
export { readSlice } from './read-slice.ts';
export { type FeedCaller, type PolicyFeedPorts, policyFeed } from './service.ts';
export { type PolicySlice, sliceOf, toPolicy } from './slice.ts';
export { PolicySlices } from './slices.ts';
export { type WrittenSlice, writeSlice } from './write-slice.ts';
