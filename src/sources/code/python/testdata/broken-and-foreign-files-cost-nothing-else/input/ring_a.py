from flask import Blueprint
from ring_b import b
a = Blueprint('a', __name__)
a.register_blueprint(b, url_prefix='/b')


@a.route('/in-a')
def in_a():
    return ''
