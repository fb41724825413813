"""The web app's files, and the headers that keep everybody else's scripts out of its pages."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from matinee.screen.asking import host_of, scheme_of

YEAR_S = 31536000
NOT_BUILT = "The web app is not built: type `make setup`, then start Matinee again.\n"


class Assets(StaticFiles):
    """Files whose names hold a digest of their content: kept by browsers for a year."""

    def __init__(self, web: Path) -> None:
        super().__init__(directory=web / "assets", check_dir=False)

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # pyright: ignore[reportArgumentType] # passed through as it came
        response.headers["cache-control"] = f"public, max-age={YEAR_S}, immutable"
        response.headers["x-content-type-options"] = "nosniff"
        return response


class Pages:
    """Every other address is the app's one page; it finds its way by the path."""

    def __init__(self, web: Path, box_ports: tuple[int, ...], box_origins: tuple[str, ...]) -> None:
        self._web = web
        self._box_ports = box_ports
        self._box_origins = box_origins
        self._files = {path.name: path for path in web.glob("*") if path.is_file() and path.name != "index.html"}

    async def page(self, request: Request) -> Response:
        file = self._files.get(request.path_params["path"])
        if file:
            return FileResponse(file, headers={"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"})
        return self.index(request)

    def index(self, request: Request) -> Response:
        """The app's page, whatever the address."""
        index = self._web / "index.html"
        if not index.is_file():
            return PlainTextResponse(NOT_BUILT, 503)
        return FileResponse(index, headers=self._headers(request))

    def _headers(self, request: Request) -> dict[str, str]:
        here = f"{scheme_of(request)}://{host_of(request)}"
        boxes = " ".join((*(f"{here}:{port}" for port in self._box_ports), *self._box_origins))
        policy = {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "font-src": "'self'",
            "img-src": f"'self' data: {boxes}",
            "media-src": "'self' blob:",
            "connect-src": f"'self' {boxes}",
            "manifest-src": "'self'",
            # Letters, each under a policy of its own that lets it do nothing.
            "frame-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }
        # From then on the browser comes by https only. A house that is reached without it cannot ask for that.
        by_https_only = {"strict-transport-security": f"max-age={YEAR_S}"} if scheme_of(request) == "https" else {}
        return {
            **by_https_only,
            "cache-control": "no-cache",
            "content-security-policy": "; ".join(f"{what} {where}" for what, where in policy.items()),
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
        }
