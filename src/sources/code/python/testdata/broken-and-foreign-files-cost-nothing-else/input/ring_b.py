from flask import Blueprint
import ring_a
b = Blueprint('b', __name__)
b.register_blueprint(ring_a.a, url_prefix='/a')


@b.route('/in-b')
def in_b():
    return ''


def endless(x):
    return endless(x + '/x')


endless('/')
