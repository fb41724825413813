"""Passports for tests: `Desk` signs real ones, with a key of its own, and reads them as a house would.

    desk = Desk(folder)
    call = desk.call("asha", profile="p1")           # a member's, to be asked through an exchange
    exchange = LocalExchange(clock, desk.passports)  # which believes this desk

A service that is asked directly needs none of it: its rim has the say.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from matinee.engines.passports import CheckedPassports, Issuer
from matinee.members.passport import Passports, open_passports
from matinee.ports.rpc import Call


@dataclass
class Desk:
    folder: Path
    now_ms: int = 0
    signing: Passports = field(init=False)
    passports: CheckedPassports = field(init=False)

    def __post_init__(self) -> None:
        self.signing = open_passports(self.folder / "passport.pem")
        self.passports = CheckedPassports([self.issuer()])

    def issuer(self) -> Issuer:
        keys = self.folder / "jwks.json"
        # As identity does: another file, which is seen also where the clock of the files has not moved on.
        draft = keys.with_suffix(".draft")
        draft.write_text(json.dumps(self.signing.public_keys()))
        draft.replace(keys)
        return Issuer("matinee", "matinee", keys)

    def passport(self, account: str, profile: str = "", *, operator: bool = False) -> str:
        return self.signing.mint(account, profile, operator=operator, now_ms=self.now_ms)[0]

    def call(self, account: str, profile: str = "", *, operator: bool = False, until_s: float = 1e12) -> Call:
        return Call("test", "test", until_s, passport=self.passport(account, profile, operator=operator))


HOUSE = Call("test", "test", 1e12, house=True)
VISITOR = Call("test", "test", 1e12)
