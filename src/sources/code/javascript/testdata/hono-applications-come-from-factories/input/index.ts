import { Hono } from 'hono';
import { createFactory } from 'hono/factory';

const app = createFactory<Env>().createApp();
app.get('/made', (c) => c.text(''));
const api = new Hono();
api.get('/endpoint', (c) => c.text(''));
app.route('/api', api);
