"""Pictures and films from local storage. With MEDIA_STORAGE on another machine, that machine serves them."""

import posixpath
import re

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve
from whitenoise.responders import SlicedFile

# Everything else under MEDIA_ROOT is private: documents have permissions, and Wagtail's view knows them.
PUBLIC_FOLDERS = ("images/", "original_images/", "videos/")
MONTH = 30 * 24 * 60 * 60
HARMLESS = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
RANGE = re.compile(r"bytes=(\d{1,15})?-(\d{1,15})?", re.ASCII)


@require_safe
def public_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer with a picture or film below MEDIA_ROOT, cacheable, and harmless even if somebody uploaded a page."""
    # Django resolves `..` when it opens the file, so it must not be in the path that is compared.
    if posixpath.normpath(path) != path or not path.startswith(PUBLIC_FOLDERS):
        raise Http404
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    if isinstance(response, FileResponse):
        response.headers["Cache-Control"] = f"public, max-age={MONTH}"
        response.headers["Content-Security-Policy"] = HARMLESS
        return _part(request, response)
    return response


def _part(request: HttpRequest, response: FileResponse) -> HttpResponseBase:
    """Leave of a file the one range of bytes that was asked for. Safari plays no film from a server that does not.

    RFC 9110, 14: what is no single range, or is meant for another version of the file, gets the whole of it.
    """
    response.headers["Accept-Ranges"] = "bytes"
    wanted = RANGE.fullmatch(request.headers.get("Range", "").strip())
    version = request.headers.get("If-Range", response.headers["Last-Modified"])
    if wanted is None or not any(wanted.groups()) or version != response.headers["Last-Modified"]:
        return response
    size = int(response.headers["Content-Length"])
    first, last = _bounds(wanted, size)
    if not first <= last:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response.status_code = 206
    response.streaming_content = SlicedFile(response.file_to_stream, first, last)
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    return response


def _bounds(wanted: re.Match[str], size: int) -> tuple[int, int]:
    """Return the first and the last byte; the last before the first when there is none of them."""
    first, last = wanted.groups()
    if first is None:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, 0)
    return int(first), min(int(last), size - 1) if last else size - 1
