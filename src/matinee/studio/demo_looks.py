"""The pictures of our own films: graphs of ffmpeg's generators, all 24 pictures a second.

Smooth things are computed small and enlarged, which nobody can see and which costs a tenth. Things of black and white are lit
by a gradient that wanders over them: multiplied with it, they take its colours.
"""

HD, FULL_HD = "1280:720", "1920:1080"


def falling_to_a_shore() -> str:
    """The Mandelbrot set, three orders of magnitude deep, softened so that the dust at its edge does not flicker."""
    return (
        "mandelbrot=size=1280x720:rate=24:start_x=-0.743643887037158:start_y=-0.131825904205330:start_scale=2.2"
        ":end_scale=0.0015:end_pts=500:maxiter=500:inner=black:bailout=30,format=gray,gblur=sigma=0.8,format=gbrp,"
        "curves=r='0/0.03 0.35/0.05 0.6/0.35 0.8/0.85 1/0.98':g='0/0.05 0.35/0.25 0.6/0.55 0.8/0.78 1/0.95'"
        ":b='0/0.14 0.35/0.42 0.6/0.60 0.8/0.62 1/0.85'"
    )


def colony() -> str:
    """Conway's game on a small board, enlarged cell by cell, with a glow and slow steps melting into each other."""
    return (
        "life=size=128x72:rate=8:mold=6:ratio=0.30:seed=1970:life_color=0xffc15e:death_color=0x7a2f6e:mold_color=0x2a0f38,"
        "format=gbrp,scale=1280:720:flags=neighbor,gblur=sigma=5,fps=24,tmix=frames=5"
    )


def growing_lines() -> str:
    """Wolfram's rule 30, a row at a time, as if woven."""
    cloth = (
        "cellauto=rule=30:size=160x90:rate=12:random_fill_ratio=0.5:random_seed=1983:start_full=1:scroll=1,fps=24,tmix=frames=3,"
        "scale=1280:720:flags=neighbor,gblur=sigma=3,format=gbrp"
    )
    return _lit(cloth, _gradient("spiral", 4, 0.006, "ffd08a", "d8603c", "6a3a7c", "ffb060"))


def carpet() -> str:
    """A Sierpinski carpet that drifts; its holes are dim, not black."""
    holes = "lutrgb=r='max(val,30)':g='max(val,24)':b='max(val,40)'"
    cloth = f"sierpinski=size=1280x720:rate=24:type=carpet:jump=40:seed=5,format=gbrp,gblur=sigma=0.8,{holes}"
    return _lit(cloth, _gradient("spiral", 9, 0.006, "f4e3c1", "4f9d9d", "2c6390", "e8b070"))


def triangles() -> str:
    holes = "lutrgb=r='max(1.5*val,60)':g='max(1.5*val,50)':b='max(1.5*val,70)'"
    lines = f"sierpinski=size=640x360:rate=24:type=triangle:jump=40:seed=8,scale={HD}:flags=bicubic"
    cloth = f"{lines},format=gbrp,gblur=sigma=1.5,{holes}"
    return _lit(cloth, _gradient("circular", 14, 0.006, "ffe9b0", "e0607e", "5b5dce", "3fa9c0", "ffe9b0"))


def clouds_at_evening() -> str:
    curves = "curves=r='0/0.05 0.4/0.35 0.7/0.95 1/1':g='0/0.06 0.4/0.22 0.7/0.65 1/0.96':b='0/0.18 0.4/0.42 0.7/0.55 1/0.88'"
    return _noise(seed=3, contrast=1.9, size=FULL_HD, curves=curves)


def embers() -> str:
    curves = "curves=r='0/0.03 0.35/0.25 0.6/0.85 1/1':g='0/0.02 0.5/0.10 0.75/0.45 1/0.90':b='0/0.04 0.6/0.06 1/0.45'"
    return _noise(seed=21, contrast=2.2, size=HD, curves=curves)


def cold_light() -> str:
    curves = "curves=r='0/0.02 0.5/0.10 0.75/0.40 1/0.90':g='0/0.04 0.4/0.30 0.7/0.75 1/1':b='0/0.12 0.4/0.40 0.7/0.60 1/0.92'"
    return _noise(seed=34, contrast=2.1, size=HD, curves=curves)


def ripples() -> str:
    """Two wells of rings that meet: where crest falls on crest it is bright, where crest falls on trough, dark."""
    left, right = (f"zoneplate=size=1280x720:rate=24:precision=12:{well}:kx2=60:ky2=60,format=gray" for well in _WELLS)
    cloth = f"{left}[p];{right}[q];[p][q]blend=all_mode=average,gblur=sigma=1,format=gbrp"
    return _lit(cloth, _gradient("radial", 2, 0.008, "bfe6ff", "2f7fb5", "123a5e"))


def six_colours() -> str:
    return _softly(_gradient("spiral", 11, 0.006, "0b1d3a", "27496d", "d98e5f", "f2d3a0", "6b4a6e", "101828"))


def dawn() -> str:
    return _softly(_gradient("linear", 5, 0.004, "1a2340", "5a4a78", "e88d67", "ffe0a3"))


def prism() -> str:
    return _softly(_gradient("circular", 14, 0.006, "7a1f3d", "d1495b", "edae49", "66a182", "2e86ab", "3f3d8f", "7a1f3d"))


_WELLS = ("xo=-220:kt=14", "xo=220:kt=-10")


def _gradient(kind: str, seed: int, speed: float, *colours: str) -> str:
    named = ":".join(f"c{number}=0x{colour}" for number, colour in enumerate(colours))
    return f"gradients=size=320x180:rate=24:type={kind}:seed={seed}:speed={speed}:nb_colors={len(colours)}:{named}"


def _softly(gradient: str) -> str:
    return f"{gradient},scale={HD}:flags=bicubic,gblur=sigma=6"


def _lit(cloth: str, light: str) -> str:
    return f"{cloth}[cloth];{light},scale={HD}:flags=bicubic,format=gbrp[light];[cloth][light]blend=all_mode=multiply"


def _noise(*, seed: int, contrast: float, size: str, curves: str) -> str:
    """Perlin's noise in four octaves, drifting, as clouds do, in the colours of some hour."""
    noise = f"perlin=size=240x135:rate=24:octaves=4:persistence=0.6:xscale=2:yscale=2:tscale=0.4:random_seed={seed}"
    return f"{noise}:random_mode=seed,format=gray,eq=contrast={contrast},format=gbrp,{curves},scale={size}:flags=bicubic"
