from flask import Flask
app = Flask(__name__)
ROUTES = [
    {'type': 'get', 'path': '/a'},
    {'type': 'post', 'path': '/b'},
]
def h(): ...
for r in ROUTES:
    if r['type'] == 'get':
        app.get(r['path'])(h)
    elif r['type'] == 'post':
        app.post(r['path'])(h)
    else:
        app.delete(r['path'])(h)
