from flask import Flask
app = Flask(__name__)
def api_route(path, **kw):
    def deco(f):
        return app.route('/api' + path, **kw)(f)
    return deco
