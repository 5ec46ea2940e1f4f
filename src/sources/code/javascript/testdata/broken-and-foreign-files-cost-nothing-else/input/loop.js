const express = require('express');
const app = express();
function again(n) { app.get('/again', (req, res) => {}); again(n); other(); }
function other() { again(1); }
again(0);
app.use('/self', app);
module.exports = require('./loop');
