from django.conf.urls import url
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import TemplateView

from shop import views
from shop.api import router

extra = [
    path('terms/', TemplateView.as_view(template_name='terms.html')),
]

urlpatterns = [
    path('admin/', admin.site.urls),
    path('', views.home, name='home'),
    path('shop/', include('shop.urls')),
    path('legal/', include(extra)),
    path('api/', include(router.urls)),
    re_path(r'^archive/(?P<year>[0-9]{4})/$', views.archive),
    url(r'^backstage/', admin.site.urls),
    url(r'^old/(\d+)/$', views.Basket.as_view()),
]
