import express from 'express';
const app = express();
const routes = [
  { method: 'get', path: '/a', handler: a },
  { method: 'POST', path: '/b', handler: b },
];
for (const r of routes) app[r.method.toLowerCase()](r.path, r.handler);
const tuples = [['put', '/c', h], ['delete', '/d', h]];
tuples.forEach(([m, p, h]) => { app[m](p, h); });
const table = { '/e': eh, '/f': fh };
for (const [path, handler] of Object.entries(table)) { app.get(path, handler); }
Object.keys(table).forEach((k) => app.head('/h' + k, table[k]));
['users', 'orders'].map((n) => `/v1/${n}`).forEach((p) => app.get(p, h));
for (const key in table) app.options(key, table[key]);
for (let i = 0; i < routes.length; i++) { app.patch(routes[i].path, h); }
for (const method of ['get', 'post']) app[method]('/both', h);
new Map([['/m1', h], ['/m2', h]]).forEach((handler, path) => app.get(path, handler));
for (const [p, h] of new Map([['/m3', h]])) app.get(p, h);
for (const p of new Set(['/s1', '/s2'])) app.get(p, h);
if (process.env.DEBUG) app.get('/debug', h);
process.env.NODE_ENV !== 'production' && app.get('/dev', h);
const FEATURE = process.env.F === '1';
FEATURE ? app.get('/f1', h) : app.get('/f0', h);
switch (process.env.MODE) { case 'x': app.get('/x', h); break; default: app.get('/y', h); }
for (const [i, p] of ['/i0', '/i1'].entries()) app.get(p, h);
app.listen(3000);
