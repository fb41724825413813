"""How a source's pictures become those of a rung: ffmpeg's filters, in the order they work."""

from collections.abc import Sequence

from matinee.studio.ladder import Plan, Rung

# The white of an ordinary screen, in candelas per square metre, on the scale of sources that go far beyond it.
ORDINARY_WHITE = 100


def filters(plan: Plan, rung: Rung, cut: Sequence[str]) -> str:
    """`cut` are the filters that leave one chunk of the film."""
    return ",".join(
        [
            # The first picture is time zero, whatever began before it.
            f"setpts=PTS-{plan.begins_s:.6f}/TB",
            # Two half pictures of different moments make one whole.
            *(["bwdif=mode=send_frame"] if plan.interlaced else []),
            *cut,
            # Sharp scaling,
            f"scale={rung.width_px}:{rung.height_px}:flags=lanczos+bitexact",
            *(tone_mapping() if plan.high_range else []),
            # square pixels for a clean aspect ratio in manifests,
            "setsar=1",
            # 8-bit 4:2:0 or no browser decodes it.
            "format=yuv420p",
        ]
    )


def tone_mapping() -> list[str]:
    """Light beyond what an ordinary screen shows, brought into its range (Hable's curve keeps highlights and shadows apart)."""
    return [
        # To amounts of light, in numbers fine enough for them,
        f"zscale=transfer=linear:npl={ORDINARY_WHITE}",
        "format=gbrpf32le",
        # in the colours of an ordinary screen,
        "zscale=primaries=bt709",
        # with the bright parts bent down and none bleached,
        "tonemap=tonemap=hable:desat=0",
        # and back to the codes of ordinary video.
        "zscale=transfer=bt709:matrix=bt709:range=tv",
    ]
