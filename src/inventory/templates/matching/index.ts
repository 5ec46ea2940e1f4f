/** Single requests under templates, for whoever counts none: nothing behind this door learns. */
export { generalise } from './generalise.ts';
export { TemplateMatcher } from './matcher.ts';
