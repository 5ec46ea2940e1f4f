from django.conf.urls import url, include
from django.views.decorators.csrf import csrf_exempt
from django.contrib.auth.decorators import login_required
from django.views.generic import TemplateView
from views import Hook
urlpatterns = [
    url(r'^hook/$', csrf_exempt(Hook.as_view())),
    url(r'^about/?$', TemplateView.as_view(template_name='a.html')),
    url(r'^u/(\d+)/(?P<slug>[-\w]+)$', login_required(TemplateView.as_view())),
]
