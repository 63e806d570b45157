"""Addresses of the console: our own pages, and those of its tables."""

from django.contrib import admin

from igny8_core.console.admin import TABLES

for model, page in TABLES:
    admin.site.register(model, page)

urlpatterns = admin.site.urls[0]
