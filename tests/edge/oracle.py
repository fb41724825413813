"""What an address deserves, worked out without a regular expression and without the code under test."""

import base64
import hashlib
import string

PLAIN = set(string.ascii_letters + string.digits + "_-")
REFUSED = {400, 403, 414}


def deserved(target: bytes, keys: dict[str, str], films: set[str], now_s: int) -> set[int]:
    """The statuses that a GET of these bytes may get; `films` are the paths that exist, `films/<edition>/…`."""
    path = target.partition(b"?")[0].decode("latin-1")
    parts = path.split("/")
    if len(parts) < 5 or parts[0] or parts[2] != "films" or not parts[3] or set(parts[3]) - PLAIN:
        return REFUSED
    if any(not part or part in (".", "..") or set(part) - PLAIN - {"."} for part in parts[4:]):
        return REFUSED
    fields = parts[1].split(".")
    if len(fields) != 4 or fields[0] not in keys:
        return REFUSED
    kid, exp, named, mac = fields
    view, tilde, tallest = named.partition("~")
    if tilde and (not 1 <= len(tallest) <= 5 or set(tallest) - set(string.digits) or tallest[0] == "0"):
        return REFUSED
    if len(exp) != 10 or set(exp) - set("0123456789") or not 8 <= len(view) <= 40 or set(view) - PLAIN:
        return REFUSED
    if mac != rfc2104(keys[kid].encode(), f"{kid}.{exp}.{named}/films/{parts[3]}/".encode()):
        return REFUSED
    rung = parts[4]
    drawn = rung[1 : next((at for at, letter in enumerate(rung) if at and not letter.isdigit()), len(rung))]
    if tilde and rung[0] == "v" and drawn and int(drawn) > int(tallest):
        return REFUSED
    if int(exp) < now_s:
        return {410}
    return {200} if "/".join(parts[2:]) in films else {404}


def rfc2104(key: bytes, text: bytes) -> str:
    """HMAC-SHA256 by its definition, in base64url without padding."""
    block = (key if len(key) <= 64 else hashlib.sha256(key).digest()).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + text).digest()
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()
    return base64.b64encode(outer).decode().translate(str.maketrans("+/", "-_")).rstrip("=")
