"""The sounds of our own films: graphs of ffmpeg's generators, in stereo at 48 kHz, faded in and out."""


def sea_chords(length_s: int, root_hz: float = 110) -> str:
    """Slow chords of a few sines, each swelling at its own pace: left and right differ a little."""
    fifth, octave, twelfth, tenth = root_hz * 1.4983, root_hz * 2, root_hz * 2.9966, root_hz * 2.5198
    left = f"0.16*{_swell(root_hz, 0.5)}+0.12*{_swell(fifth, 0.31)}+0.07*{_swell(twelfth, 0.9)}"
    right = f"0.16*{_swell(root_hz + 0.3, 0.43)}+0.12*{_swell(octave, 0.37)}+0.07*{_swell(tenth, 0.7)}"
    return f"aevalsrc=exprs='{left}|{right}':s=48000,{_calm(length_s)}"


def marimba(length_s: int, base_hz: float = 220) -> str:
    """Two struck voices an octave apart walk a pentatonic scale (semitones 0 2 4 7 9) in steps that do not fall together."""
    left = f"0.34*{_struck(base_hz, 0.75, 2, 5)}+0.08*sin(2*PI*{base_hz / 2}*t)"
    right = f"0.26*{_struck(base_hz * 2, 1.25, 3, 3)}+0.08*sin(2*PI*{base_hz / 2 + 0.2}*t)"
    return f"aevalsrc=exprs='{left}|{right}':s=48000,{_calm(length_s)}"


def sea_and_wind(length_s: int) -> str:
    """No note at all: noise of two colours, of which one comes and goes like waves."""
    waves = "anoisesrc=color=brown:amplitude=0.9:sample_rate=48000:seed=5,tremolo=f=0.14:d=0.85,lowpass=f=700"
    wind = "anoisesrc=color=pink:amplitude=0.25:sample_rate=48000:seed=9,bandpass=f=1400:width_type=h:w=900,tremolo=f=0.23:d=0.7"
    ends = f"afade=t=in:d=2,afade=t=out:st={max(0, length_s - 3)}:d=3,aformat=channel_layouts=stereo"
    return f"{waves}[waves];{wind}[wind];[waves][wind]amix=inputs=2:normalize=0,{ends}"


def _swell(tone_hz: float, pace: float) -> str:
    return f"sin(2*PI*{tone_hz:.2f}*t)*(0.55+0.45*sin({pace}*t))"


def _struck(base_hz: float, every_s: float, stride: int, decay: int) -> str:
    """A stroke every so often, on the step of the scale that many further on."""
    step = f"floor(12*mod({stride}*floor(t/{every_s}),5)/5)"
    return f"exp(-{decay}*mod(t,{every_s}))*sin(2*PI*{base_hz}*pow(2,{step}/12)*mod(t,{every_s}))"


def _calm(length_s: int) -> str:
    return (
        "tremolo=f=0.2:d=0.35,aecho=0.8:0.7:420|680:0.35|0.25,lowpass=f=2400,"
        f"afade=t=in:d=2,afade=t=out:st={max(0, length_s - 3)}:d=3,volume=1.7,aformat=channel_layouts=stereo"
    )
