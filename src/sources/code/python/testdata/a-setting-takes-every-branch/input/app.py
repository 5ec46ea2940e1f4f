import os
from flask import Flask
app = Flask(__name__)
ENV = os.environ.get('ENV', 'dev')
def h(): ...
if ENV == 'prod':
    app.add_url_rule('/prod', view_func=h)
else:
    app.add_url_rule('/dev', view_func=h)
match ENV:
    case 'prod':
        app.add_url_rule('/p2', view_func=h)
    case _:
        app.add_url_rule('/d2', view_func=h)
