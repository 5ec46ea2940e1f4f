export const autoPrefix = '/other';
export default async function (app, opts) { app.post('/', async () => []); }
