"""What a screen is called when somebody else waits for it."""

import pytest

from matinee.screen.device import device_name

MOZILLA = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"{MOZILLA} (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36", "Chrome on Linux"),
        (f"{MOZILLA} (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18.0 Safari/605", "Safari on Mac"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604", "Safari on iPhone"),
        (f"{MOZILLA} (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605 CriOS/156.0 Safari/604", "Chrome on iPad"),
        (f"{MOZILLA} (Linux; Android 15) Chrome/156.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"{MOZILLA} (Linux; Android 15) SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        (f"{MOZILLA} (Web0S; Linux/SmartTV) Chrome/120.0 Safari/537.36", "Chrome on a TV"),
        ("curl/8.0 (Linux)", "A browser on Linux"),
        ("Firefox/1.0", "Firefox"),
        ("", "A browser"),
    ],
)
def test_a_screen_is_called_what_its_owner_would_call_it(user_agent: str, name: str) -> None:
    """Every browser claims to be several others; its owner knows it by one name."""
    assert device_name(user_agent) == name
