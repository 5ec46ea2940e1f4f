from flask import Blueprint
from flask.views import MethodView

users = Blueprint('users', __name__, url_prefix='/users')


class UserView(MethodView):
    def get(self, name):
        return name

    def delete(self, name):
        return ''


class UserListView(MethodView):
    methods = ['POST']


users.add_url_rule('/<name>', view_func=UserView.as_view('user'))
users.add_url_rule('/', view_func=UserListView.as_view('users'))
for path in ('/active', '/blocked'):
    users.add_url_rule(path, path, lambda: path)
