from django.urls import path, include
urlpatterns = [path('api/<str:version>/', include('api.urls'))]
