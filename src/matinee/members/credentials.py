"""What counts as an e-mail address and a password. Decides, and knows no store."""

import re
from dataclasses import dataclass

LEAST_PASSWORD = 8
MOST_PASSWORD = 200
MOST_EMAIL = 254
EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)*")


@dataclass(frozen=True)
class Problem:
    field: str
    reason: str


def normal_email(email: str) -> str:
    """The form under which an address is stored and compared: trimmed, lower-case."""
    return email.strip().lower()


def problem_with(email: str, password: str) -> Problem | None:
    """Why these cannot become an account, in words for the person, or None."""
    if problem := problem_with_email(email):
        return problem
    if len(password) < LEAST_PASSWORD:
        return Problem("password", f"A password needs at least {LEAST_PASSWORD} characters.")
    if len(password) > MOST_PASSWORD:
        return Problem("password", f"A password has at most {MOST_PASSWORD} characters.")
    if password.strip().lower() == normal_email(email):
        return Problem("password", "Your email address is not a secret: choose another password.")
    return None


def problem_with_email(email: str) -> Problem | None:
    if len(email) > MOST_EMAIL or not EMAIL.fullmatch(normal_email(email)):
        return Problem("email", "That does not look like an email address. It should read like name@example.org.")
    return None
