import http from 'node:http';
import { createServer } from 'http';

http.createServer((req, res) => {
  const { pathname } = new URL(req.url, 'http://x');
  if (pathname === '/orders' && req.method === 'POST') return res.end();
  if (req.url === '/orders') {
    if (req.method === 'GET') return res.end();
  }
  if (req.method === 'DELETE') {
    if (pathname.startsWith('/orders/')) return res.end();
  }
  switch (pathname) {
    case '/healthz':
      return res.end();
    case '/version':
      return res.end();
  }
  if (/^\/items\/\d+$/.test(req.url)) return res.end();
  if (req.headers.host === '/nothing') return;
  http.get('/elsewhere', () => {});
}).listen(8080);

const server = createServer();
server.on('request', (req, res) => {
  switch (`${req.method} ${req.url}`) {
    case 'GET /status':
      res.end();
  }
});
