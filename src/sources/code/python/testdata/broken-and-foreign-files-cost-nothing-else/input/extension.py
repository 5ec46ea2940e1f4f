from company.framework import app
from flask import request


@app.route('/loose')
def loose():
    return request.args


def setup(registry):
    registry.get('/not-a-route')
