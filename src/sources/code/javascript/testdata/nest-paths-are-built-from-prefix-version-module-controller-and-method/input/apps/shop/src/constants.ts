export const CATS = 'cats';
