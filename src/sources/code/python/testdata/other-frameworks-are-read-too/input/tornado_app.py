import tornado.web


class Main(tornado.web.RequestHandler):
    def get(self):
        self.write('x')


class Story(Main):
    def put(self, story):
        pass


def make():
    return tornado.web.Application([
        (r'/', Main),
        tornado.web.url(r'/story/([0-9]+)', Story, name='story'),
    ])
