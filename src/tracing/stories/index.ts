/** Signs that belong together, told as one. */
export { PATTERNS, type Pattern } from './patterns.ts';
export { StorySettings } from './settings.ts';
export { StoriesState } from './state.ts';
export { Stories, type StoriesParts } from './stories.ts';
