/** What is declared, compared with what is used. */
export { type Suggestion, type Suggestions, suggest, type Use, usesSince } from './suggest.ts';
