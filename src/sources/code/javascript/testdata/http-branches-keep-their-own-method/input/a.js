const http = require('http');
const server = http.createServer();
server.on('request', onRequest);
function onRequest(req, res) {
  if (req.url === '/n' && req.method === 'POST') { }
  else if (req.url.split('?')[0] === '/q') { }
}
server.listen(1);
class App { constructor() { this.server = http.createServer(this.handle.bind(this)); this.server.listen(2); }
  handle(req, res) { if (req.url == '/cls') { } } }
new App();
const agent = http.request({ path: '/out' }, (res) => { if (res.url === '/no') {} });
