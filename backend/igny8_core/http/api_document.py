"""The OpenAPI document, built once per process and served compressed; a client that has it already gets 304."""

import gzip
import hashlib
from functools import cache
from typing import NamedTuple

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

JSON, YAML = "application/vnd.oai.openapi+json", "application/vnd.oai.openapi"


class Rendered(NamedTuple):
    """The document in one format."""

    plain: bytes
    compressed: bytes
    etag: str
    media_type: str


@require_safe
def api_document(request: HttpRequest) -> HttpResponse:
    """The document as JSON, or as YAML if `format=yaml` or the Accept header asks for it."""
    asked = request.GET.get("format", "yaml" if "yaml" in request.headers.get("Accept", "") else "json")
    rendered = _rendered(YAML if asked == "yaml" else JSON)
    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(rendered.compressed if compressed else rendered.plain, content_type=rendered.media_type)
    if compressed:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = rendered.etag
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ("Accept", "Accept-Encoding"))
    return get_conditional_response(request, etag=rendered.etag, response=response) or response


@cache
def _rendered(media_type: str) -> Rendered:
    document = SchemaGenerator().get_schema(request=None, public=True)
    if media_type == YAML:
        plain: bytes = OpenApiYamlRenderer().render(document, renderer_context={})
    else:
        plain = msgspec.json.encode(document, enc_hook=str)
    # Weak, because the document is the same whether compressed or not.
    etag = f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"'
    return Rendered(plain, gzip.compress(plain, mtime=0), etag, media_type)
