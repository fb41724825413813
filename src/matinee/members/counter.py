"""What every part of the cashier works with: its tables, the provider, the clock, and what the house is told of money."""

import re
from dataclasses import dataclass

from matinee.members.paying import Payments
from matinee.ports.clock import Clock
from matinee.ports.rpc import Refused
from matinee.ports.sql import Sql

PATH = re.compile(r"/(?:[\w.~?&=%-][\w./~?&=%-]{0,500})?", re.ASCII)


@dataclass(frozen=True)
class House:
    """`url` is where people know it by; `seller` stands on invoices."""

    currency: str
    seller: str
    url: str

    def back(self, path: str) -> str:
        """The address of a page of ours, for the provider to send somebody back to. Refused when the path leads elsewhere."""
        if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable() or len(path) > 500:
            raise Refused(
                "invalid", "That leads elsewhere.", "Give a path of this house to come back to, as /account.", field="backTo"
            )
        return self.url + path


@dataclass(frozen=True)
class Desk:
    sql: Sql
    payments: Payments
    clock: Clock
    house: House
