VERSION = 'v1'
API_ROOT = f'/api/{VERSION}'
