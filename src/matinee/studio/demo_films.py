"""The films of the demo library: one made by people, six that this machine makes. Nothing here makes one."""

from matinee.studio import demo_looks, demo_sounds
from matinee.studio.demo_film import CC_BY, Captions, DemoFilm, Recording

BIG_BUCK_BUNNY = DemoFilm(
    title="Big Buck Bunny",
    year=2008,
    plot=(
        "A gentle giant of a rabbit steps out of his burrow to a perfect morning. Three rodents ruin it: they bully the small, "
        "crush butterflies and throw nuts. He puts up with a great deal. Then he goes and gathers sticks."
    ),
    genres=("Animation", "Comedy", "Short"),
    rating="G",
    people=(("director", "Sacha Goedegebure"), ("credits", "The Peach open movie team"), ("studio", "Blender Foundation")),
    licence=CC_BY,
)

SHORE = DemoFilm(
    title="The Shore Has No Length",
    year=2026,
    tagline="Bring a shorter ruler.",
    plot=(
        "How long is a coast? It depends on the ruler. In twenty seconds and one take the camera falls towards a shore of the "
        "Mandelbrot set, and at every scale there is more of it."
    ),
    genres=("Short", "Abstract"),
    rating="G",
    length_s=20,
    picture=demo_looks.falling_to_a_shore(),
    sounds=(Recording(demo_sounds.sea_chords(20)),),
    captions=(
        Captions(
            "en",
            "utf-8",
            (
                (1.0, 4.5, "Ask for the length of a shore\nand someone must choose a ruler."),
                (5.5, 9.0, "With a long one you step over the bays."),
                (10.0, 13.5, "With a short one you walk into each."),
                (14.5, 18.5, "<i>The shore stays where it is.\nOnly the number grows.</i>"),
            ),
        ),
        Captions(
            "de",
            "cp1252",
            (
                (1.0, 4.5, "Wer nach der Länge einer Küste fragt,\nmuss einen Maßstab wählen."),
                (5.5, 9.0, "Mit einem langen steigt man über die Buchten."),
                (10.0, 13.5, "Mit einem kurzen geht man in jede hinein."),
                (14.5, 18.5, "<i>Die Küste bleibt, wo sie ist.\nNur die Zahl wächst.</i>"),
            ),
        ),
    ),
    chapters=((0, "From afar"), (7, "Nearer"), (14, "Nearer still")),
)

STILL_LIVES = DemoFilm(
    title="Still Lives",
    year=2026,
    tagline="Three's company.",
    plot=(
        "Nine thousand cells, one rule: with company live, in a crowd or alone die. A crowd scatters, the noise settles, and "
        "what stays are small amber families that nothing disturbs, on a field of plum."
    ),
    genres=("Short", "Abstract"),
    rating="PG",
    length_s=20,
    picture=demo_looks.colony(),
    sounds=(Recording(demo_sounds.marimba(20)),),
)

SLOW_WEATHER = DemoFilm(
    title="Slow Weather",
    year=2026,
    tagline="Nothing happens, beautifully.",
    plot=(
        "An evening sky made of noise, and nothing else, drifts over no particular place. It can be heard in two ways: with a "
        "score, or with the sea and the wind that such a sky would have below it."
    ),
    genres=("Short", "Nature"),
    rating="G",
    length_s=20,
    picture=demo_looks.clouds_at_evening(),
    sounds=(
        Recording(demo_sounds.sea_chords(20, root_hz=130.81), "eng", "Score"),
        Recording(demo_sounds.sea_and_wind(20), "deu", "Meer und Wind"),
    ),
    captions=(
        Captions(
            "en",
            "utf-8-sig",
            (
                (1.5, 5.0, "A cloud is a place\nthat does not keep still."),
                (7.0, 11.0, "You look away: it was a whale."),
                (12.5, 17.5, "You look again,\nand somebody has tidied up."),
            ),
        ),
        Captions(
            "de",
            "utf-16",
            (
                (1.5, 5.0, "Eine Wolke ist ein Ort,\nder nicht stillhält."),
                (7.0, 11.0, "Man sieht weg: Es war ein Wal."),
                (12.5, 17.5, "Man sieht wieder hin,\nund jemand hat aufgeräumt."),
            ),
        ),
    ),
    chapters=((0, "Whale"), (10, "Tidied up")),
)

A_LINE_REMEMBERS = DemoFilm(
    title="A Line Remembers",
    year=2026,
    tagline="Each row is the last one's fault.",
    plot=(
        "One line of cells writes the next, which writes the next. The rule fits on a stamp (its number is 30), and still nobody "
        "knows a quicker way to see the thousandth line than to watch all those before it."
    ),
    genres=("Short", "Mathematics"),
    rating="PG-13",
    length_s=20,
    picture=demo_looks.growing_lines(),
    sounds=(Recording(demo_sounds.marimba(20, base_hz=174.61)),),
)

ROOM_FOR_DOUBT = DemoFilm(
    title="Room for Doubt",
    year=2026,
    tagline="Mostly it is not there.",
    plot=(
        "Take a square, cut out its middle, and do the same to what is left, for ever. What remains has no area and an endless "
        "edge. The camera drifts over it as the light changes, and finds no place to stand."
    ),
    genres=("Short", "Mathematics"),
    rating="FSK 12",
    length_s=20,
    picture=demo_looks.carpet(),
    sounds=(Recording(demo_sounds.sea_chords(20, root_hz=98)),),
)

NO_EDGES = DemoFilm(
    title="Six Colours, No Edges",
    year=2026,
    tagline="Nobody saw where one began.",
    plot=(
        "Midnight, harbour, copper, sand, heather and slate share one picture. They turn about a point that will not keep still, "
        "and nowhere in it is there a line where one of them ends."
    ),
    genres=("Short", "Abstract"),
    rating="G",
    length_s=20,
    picture=demo_looks.six_colours(),
    sounds=(Recording(demo_sounds.marimba(20, base_hz=196)),),
)
