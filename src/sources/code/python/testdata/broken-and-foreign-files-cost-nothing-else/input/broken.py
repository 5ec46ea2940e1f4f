from flask import Flask
app = Flask(__name__)

@app.route('/before')
def before(:
    return (

@app.route('/after')
def after():
    return ''
