"""What the demo library holds: for each film what is said of it, and for our own the recipe. Nothing here makes one."""

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True)
class DemoFilm:
    """`picture` and `sound` are ffmpeg filter graphs; empty for a film that was made by people."""

    title: str
    year: int
    plot: str
    genres: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    licence: str
    licence_url: str
    length_s: int = 0
    picture: str = ""
    sound: str = ""

    @property
    def stem(self) -> str:
        return f"{self.title} ({self.year})"


BIG_BUCK_BUNNY = DemoFilm(
    title="Big Buck Bunny",
    year=2008,
    plot=(
        "A gentle giant of a rabbit steps out of his burrow to a perfect morning. Three rodents ruin it: they bully the small, "
        "crush butterflies and throw nuts. He puts up with a great deal. Then he goes and gathers sticks."
    ),
    genres=("Animation", "Comedy", "Short"),
    people=(("director", "Sacha Goedegebure"), ("credits", "The Peach open movie team"), ("studio", "Blender Foundation")),
    licence="CC BY 3.0",
    licence_url="https://creativecommons.org/licenses/by/3.0/",
)

OURS = (("credits", "Generated on this machine with ffmpeg"), ("studio", "Matinee"))
CC0 = ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")

# Slow chords of a few sines, each swelling at its own pace, in an echo, faded in and out: left and right differ a little.
_CALM = (
    "tremolo=f=0.2:d=0.35,aecho=0.8:0.7:420|680:0.35|0.25,lowpass=f=2400,"
    "afade=t=in:d=2,afade=t=out:st={fade_s}:d=3,volume=1.7,aformat=channel_layouts=stereo"
)
_SEA = (
    "aevalsrc=exprs='"
    "0.16*sin(2*PI*110*t)*(0.6+0.4*sin(0.5*t))+0.12*sin(2*PI*164.81*t)*(0.5+0.5*sin(0.31*t))+0.07*sin(2*PI*329.63*t)*(0.5+0.5*sin(0.9*t))|"
    "0.16*sin(2*PI*110.3*t)*(0.6+0.4*cos(0.5*t))+0.12*sin(2*PI*220*t)*(0.5+0.5*cos(0.37*t))+0.07*sin(2*PI*277.18*t)*(0.5+0.5*cos(0.7*t))"
    "':s=48000," + _CALM
)
# Two struck voices an octave apart walk a major pentatonic scale (semitones 0 2 4 7 9) in steps that do not fall together.
_MARIMBA = (
    "aevalsrc=exprs='"
    "0.34*exp(-5*mod(t,0.75))*sin(2*PI*220*pow(2,floor(12*mod(2*floor(t/0.75),5)/5)/12)*mod(t,0.75))+0.08*sin(2*PI*110*t)|"
    "0.26*exp(-3*mod(t,1.25))*sin(2*PI*440*pow(2,floor(12*mod(3*floor(t/1.25),5)/5)/12)*mod(t,1.25))+0.08*sin(2*PI*110.2*t)"
    "':s=48000," + _CALM
)

GENERATED = (
    DemoFilm(
        title="The Shore Has No Length",
        year=2026,
        plot=(
            "How long is a coast? It depends on the ruler. In twenty-four seconds and one take the camera falls towards a shore "
            "of the Mandelbrot set, and at every scale there is more of it."
        ),
        genres=("Short", "Abstract"),
        people=OURS,
        licence=CC0[0],
        licence_url=CC0[1],
        length_s=24,
        # A zoom of three orders of magnitude, softened so that the dust at the edge does not flicker, in the colours of a coast.
        picture=(
            "mandelbrot=size=1280x720:rate=24:start_x=-0.743643887037158:start_y=-0.131825904205330:start_scale=2.2"
            ":end_scale=0.0015:end_pts=600:maxiter=500:inner=black:bailout=30,format=gray,gblur=sigma=0.8,format=gbrp,"
            "curves=r='0/0.03 0.35/0.05 0.6/0.35 0.8/0.85 1/0.98':g='0/0.05 0.35/0.25 0.6/0.55 0.8/0.78 1/0.95'"
            ":b='0/0.14 0.35/0.42 0.6/0.60 0.8/0.62 1/0.85'"
        ),
        sound=_SEA.format(fade_s=21),
    ),
    DemoFilm(
        title="Still Lives",
        year=2026,
        plot=(
            "Nine thousand cells, one rule: with company live, in a crowd or alone die. A crowd scatters, the noise settles, and "
            "what stays are small amber families that nothing disturbs, on a field of plum."
        ),
        genres=("Short", "Abstract"),
        people=OURS,
        licence=CC0[0],
        licence_url=CC0[1],
        length_s=24,
        # Conway's game on a small board, enlarged cell by cell, with a glow and slow steps melting into each other.
        picture=(
            "life=size=128x72:rate=8:mold=6:ratio=0.30:seed=1970:life_color=0xffc15e:death_color=0x7a2f6e:mold_color=0x2a0f38,"
            "format=gbrp,scale=1280:720:flags=neighbor,gblur=sigma=5,fps=24,tmix=frames=5"
        ),
        sound=_MARIMBA.format(fade_s=21),
    ),
)


def film_arguments(film: DemoFilm, into: str) -> list[str]:
    """ffmpeg's arguments for making one of our films."""
    return [
        # Pictures and sound come from generators, not from files.
        "-f",
        "lavfi",
        "-i",
        film.picture,
        "-f",
        "lavfi",
        "-i",
        film.sound,
        # Generators never end by themselves.
        "-t",
        str(film.length_s),
        # One core at most: this is work for when nobody waits.
        "-threads",
        "1",
        "-filter_threads",
        "1",
        # A source as a careful owner would keep it: H.264 that every browser decodes, so it is playable by copy,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        # good enough to encode rungs from,
        "-crf",
        "24",
        # 8-bit 4:2:0, or no browser decodes it,
        "-pix_fmt",
        "yuv420p",
        # and a keyframe every two seconds, so it can be cut.
        "-g",
        "48",
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        # The index first, so the file can be read while it is copied.
        "-movflags",
        "+faststart",
        # The temporary name says nothing, so the container is named.
        "-f",
        "mp4",
        into,
    ]


def nfo(film: DemoFilm) -> str:
    """The side-car file that media libraries read (Kodi's format; `licence` is ours)."""
    lines = [
        "<movie>",
        f"  <title>{escape(film.title)}</title>",
        f"  <year>{film.year}</year>",
        f"  <plot>{escape(film.plot)}</plot>",
        *(f"  <genre>{escape(genre)}</genre>" for genre in film.genres),
        *(f"  <{role}>{escape(name)}</{role}>" for role, name in film.people),
        f"  <licence url={quoteattr(film.licence_url)}>{escape(film.licence)}</licence>",
        "</movie>",
        "",
    ]
    return "\n".join(lines)
