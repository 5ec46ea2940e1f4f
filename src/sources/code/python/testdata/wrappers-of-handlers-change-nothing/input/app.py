from functools import wraps
from flask import Flask
app = Flask(__name__)
def timed(f):
    @wraps(f)
    def wrapper(*a, **k):
        return f(*a, **k)
    return wrapper
def with_arg(x):
    def deco(f):
        @wraps(f)
        def w(*a, **kw): return f(*a, **kw)
        return w
    return deco
@app.route('/a', methods=['POST'])
@timed
@with_arg('z')
def a(): ...
@app.get('/b')
@timed
def b(): ...
