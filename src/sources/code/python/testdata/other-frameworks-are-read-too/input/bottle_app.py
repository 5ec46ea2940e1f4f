from bottle import Bottle, get, route

app = Bottle()


@route('/hello/<name>', method=['GET', 'POST'])
def hello(name):
    return name


@get('/bye')
def bye():
    return ''


@app.route('/own', method='DELETE')
def own():
    return ''
