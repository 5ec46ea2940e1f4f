from django.contrib.auth.decorators import login_required
from django.urls import path

from . import views

app_name = 'shop'
urlpatterns = [
    path('basket/<slug:basket>/', views.Basket.as_view()),
    path('pay/', login_required(views.pay)),
]
urlpatterns += [path('items/', views.ItemList.as_view()), path('status/', views.status)]
