ROOT_URLCONF = 'mysite.urls'
INSTALLED_APPS = ['django.contrib.admin']
