const express = require('express');
if (process.env.TRACED) {
  var router = express.Router();
} else {
  require('./other');
}
let app = express();
app = require('some-wrapper').wrap(app);
router.get('/hoisted', (req, res) => res.end());
app.use('/v1', router);
app.get('/wrapped', (req, res) => res.end());
