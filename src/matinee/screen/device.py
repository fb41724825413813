"""What to call a screen when its browser says no more than its User-Agent: "Firefox on Linux"."""

import re

# The first that is found counts: every browser claims to be several others, the most particular name is its own.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Web0S", "a TV"),
    ("Tizen", "a TV"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = system_of(user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else "A browser")


def browser_of(user_agent: str) -> str:
    """With its version, for figures: "Firefox 142"; empty when it is none we know."""
    mark, name = next((each for each in BROWSERS if each[0] in user_agent), ("", ""))
    # Safari's number stands apart; the one behind its name is WebKit's.
    number = "Version" if name == "Safari" else mark.rstrip("/")
    found = re.search(rf"{number}[A-Za-z]*/(\d{{1,4}})", user_agent) if name else None
    return f"{name} {found[1]}" if found else name


def system_of(user_agent: str) -> str:
    return next((name for mark, name in SYSTEMS if mark in user_agent), "")
