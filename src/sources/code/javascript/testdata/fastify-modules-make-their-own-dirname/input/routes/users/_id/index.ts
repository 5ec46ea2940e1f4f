export default async (app) => { app.get('/posts', async () => []); }
