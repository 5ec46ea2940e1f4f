export { judge } from '../assurance/index.ts';
