from flask import Flask

app = Flask(__name__)
rules = []
for name in ['a', 'b']:
    prefix = '/' + name
    rules += [prefix + '/list']

for path in rules:
    app.add_url_rule(path, view_func=print)
app.add_url_rule(prefix + '/last', view_func=print)
