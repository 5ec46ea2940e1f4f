const express = require('express');
const { PREFIX } = require('./config');
const users = require('./routes/users');
const { orders, legacy } = require('./routes');
const requireAuth = require('./middleware/auth');

var app = express();
app.set('views', './views');
console.log(app.get('port'));
app.use(express.json());
app.use('/users', users);
app.use(`${PREFIX}/orders`, requireAuth, orders);
app.use(['/old', '/older'], legacy);
require('./routes/status')(app);
app.all('/echo', (req, res) => res.send(req.body));
app.route('/books/:id?')
  .get((req, res) => res.json([]))
  .post(requireAuth, (req, res) => res.end());
app.get(['/a', '/b'], handler).delete('/c', handler);
app.get(/^\/files\/(\w+)$/, handler);
app.get('/files/*', handler);
app.listen(3000);

function handler(req, res) {
  const cache = new Map();
  cache.get('/not-a-route', () => {});
  res.end();
}
