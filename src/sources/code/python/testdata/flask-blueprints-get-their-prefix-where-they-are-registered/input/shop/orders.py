import os

import requests
from flask import Blueprint, request
from flask_login import login_required

bp = Blueprint('orders', __name__, url_prefix='/replaced')
items = Blueprint('items', __name__)
bp.register_blueprint(items, url_prefix='/<int:order_id>/items')
session = requests.Session()
cache = {}


@bp.route('/', methods=['GET', 'POST'])
def orders():
    cache.get('/cached')
    os.environ.get('/environment')
    session.get('/session')
    requests.get('http://users/users/1')
    return request.args.get('/argument')


@bp.get('/<uuid:order_id>')
@login_required
def order(order_id):
    return {}


@items.delete('/<path:item>')
def remove(order_id, item):
    return ''
