from flask import Flask
from .api import BLUEPRINTS
def create_app():
    app = Flask(__name__)
    for bp in BLUEPRINTS:
        app.register_blueprint(bp, url_prefix='/api' + bp.url_prefix)
    return app
