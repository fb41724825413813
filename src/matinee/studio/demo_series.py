"""The series of the demo library: two seasons of three short lessons, each its own generator and its own light."""

from matinee.studio import demo_looks, demo_sounds
from matinee.studio.demo_film import Captions, DemoFilm, DemoSeries, Recording

LESSONS_IN_LIGHT = DemoSeries(
    title="Lessons in Light",
    year=2026,
    tagline="No homework.",
    plot=(
        "Six lessons of a few seconds each. The first season is about where light comes from, the second about what becomes of "
        "it. There is no teacher, nothing is asked afterwards, and everything in it was computed on this machine."
    ),
    genres=("Documentary", "Abstract"),
    rating="TV-G",
)


def _lesson(season: int, episode: int, title: str, plot: str, picture: str, sound: str, *, rating: str = "TV-G") -> DemoFilm:
    return DemoFilm(
        title=title,
        year=LESSONS_IN_LIGHT.year,
        plot=plot,
        genres=LESSONS_IN_LIGHT.genres,
        rating=rating,
        length_s=12,
        picture=picture,
        sounds=(Recording(sound),),
        captions=_WORDS.get(title, ()),
        episode_of=LESSONS_IN_LIGHT,
        season=season,
        episode=episode,
        # A lesson a week, the second season in autumn.
        aired=f"2026-{1 if season == 1 else 9:02d}-{2 + 7 * (episode - 1):02d}",
    )


_WORDS = {
    "Dawn": (
        Captions("en", "utf-8", ((1.0, 5.0, "Lesson one:\nit comes from one side."), (6.5, 10.5, "The other side waits."))),
        Captions("de", "utf-8", ((1.0, 5.0, "Erste Lektion:\nEs kommt von einer Seite."), (6.5, 10.5, "Die andere wartet."))),
    ),
}

LESSONS = (
    _lesson(
        1,
        1,
        "Dawn",
        "Light comes from one side. A line between night and morning turns slowly; everything is on one side of it or the other.",
        demo_looks.dawn(),
        demo_sounds.sea_chords(12, root_hz=146.83),
    ),
    _lesson(
        1,
        2,
        "Ripples",
        "Two sources are not twice one. Rings meet, and where they do they make each other brighter, or put each other out.",
        demo_looks.ripples(),
        demo_sounds.marimba(12, base_hz=261.63),
        rating="TV-PG",
    ),
    _lesson(
        1,
        3,
        "Embers",
        "The oldest lamp. What glows here is only noise, sorted by heat: black where it is cold, then red, then nearly white.",
        demo_looks.embers(),
        demo_sounds.sea_and_wind(12),
        rating="TV-14",
    ),
    _lesson(
        2,
        1,
        "Prism",
        "What was white is taken apart. Seven colours stand around one point in the order in which glass lets them go.",
        demo_looks.prism(),
        demo_sounds.marimba(12, base_hz=293.66),
    ),
    _lesson(
        2,
        2,
        "Lattice",
        "Light falls through a window that is mostly window: triangles in triangles, and each pane a smaller copy of the whole.",
        demo_looks.triangles(),
        demo_sounds.sea_chords(12, root_hz=123.47),
    ),
    _lesson(
        2,
        3,
        "Afterglow",
        "The last lesson is what stays when the lamp is off: a green and cold light, of which nobody can say where it is.",
        demo_looks.cold_light(),
        demo_sounds.sea_chords(12, root_hz=110),
        rating="TV-PG",
    ),
)
