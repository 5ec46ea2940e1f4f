const r = require('express').Router();
r.get('/cats', h);
module.exports = r;
