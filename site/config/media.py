"""Pictures from local storage. With MEDIA_STORAGE on another machine, that machine serves them."""

import posixpath

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# Everything else under MEDIA_ROOT is private: documents have permissions, and Wagtail's view knows them.
PUBLIC_FOLDERS = ("images/", "original_images/")
MONTH = 30 * 24 * 60 * 60


@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer with a picture below MEDIA_ROOT, cacheable, and harmless even if somebody uploaded a page instead."""
    # Django resolves `..` when it opens the file, so it must not be in the path that is compared.
    if posixpath.normpath(path) != path or not path.startswith(PUBLIC_FOLDERS):
        raise Http404
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    if isinstance(response, FileResponse):
        response.headers["Cache-Control"] = f"public, max-age={MONTH}"
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
