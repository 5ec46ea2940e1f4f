const app = require('express')();
app.get('/before', (req, res) => {});
function ( { ] =>
app.get('/after', (req, res) => {});
