"""What a player loads from the door: the manifests of its view, and which box is best by now."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from matinee.contracts.playback_pb2 import DASH, HLS, Format, ManifestRequest, SteeringRequest
from matinee.contracts.playback_rpc import PlaybackClient
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.screen.asking import authority_of, call_of, scheme_of

NOT_WATCHING = Refused("forbidden", "Not with this app.", "It was not let watch; open the film in the house's own pages.")
# Signed for one view and short-lived: no cache between here and the player may keep them.
UNKEPT = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Playing:
    def __init__(self, playback: PlaybackClient, clock: Clock) -> None:
        self._playback = playback
        self._clock = clock

    async def dash(self, request: Request) -> Response:
        return await self._manifest(request, DASH, "application/dash+xml")

    async def hls(self, request: Request) -> Response:
        return await self._manifest(request, HLS, "application/vnd.apple.mpegurl")

    async def steering(self, request: Request) -> Response:
        view_id = request.path_params["view"]
        order = await self._playback.steering(SteeringRequest(view_id=view_id), call_of(request, self._clock))
        body = {
            "VERSION": 1,
            "TTL": order.ttl_s,
            # Absolute: a relative one silently ends Shaka's steering after its first answer.
            "RELOAD-URI": f"{scheme_of(request)}://{authority_of(request)}/play/{view_id}/steering.json",
            "PATHWAY-PRIORITY": list(order.box_ids),
        }
        return JSONResponse(body, headers=UNKEPT)

    async def _manifest(self, request: Request, form: Format, media_type: str) -> Response:
        if "watch" not in request.headers.get("x-matinee-scope", "watch").split():
            raise NOT_WATCHING
        asked = ManifestRequest(
            view_id=request.path_params["view"],
            account_id=request.headers.get("x-matinee-account", ""),
            profile_id=request.headers.get("x-matinee-profile", ""),
            format=form,
            scheme=scheme_of(request),
            host=authority_of(request),
        )
        manifest = await self._playback.manifest(asked, call_of(request, self._clock))
        return Response(manifest.text, headers=UNKEPT, media_type=media_type)
