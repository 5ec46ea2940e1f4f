export { ShareGathering, type ShareProgress } from './gathering.ts';
export { MAX_SHARES, setOfId } from './share.ts';
export { createShamirKek } from './split.ts';
