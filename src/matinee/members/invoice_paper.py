"""An invoice on paper: as a page, and as a PDF. What stands on it is what was kept when it was issued."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from jinja2 import Environment
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from matinee.members.invoices import Invoice
from matinee.members.money import Money

PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title><meta name="viewport" content="width=device-width">
<style>
body{font:16px/1.5 system-ui,sans-serif;color:#1d1b1a;background:#fff;max-width:44rem;margin:3rem auto;padding:0 1.5rem}
h1{font-size:1.6rem;margin:0 0 .25rem}p{margin:.2rem 0}.quiet{color:#5c5652}.pre{white-space:pre-line}
.parties{display:flex;gap:3rem;flex-wrap:wrap;margin:2rem 0}.parties h2{font-size:.85rem;margin:0 0 .25rem;color:#5c5652}
table{width:100%;border-collapse:collapse;margin:1.5rem 0}td{padding:.55rem 0;border-bottom:1px solid #e4dfda}
td+td{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-left:1.5rem}
tr.sum td{font-weight:600;border-bottom:0}@media print{body{margin:0}}
</style></head><body><main>
<h1>{{ title }}</h1><p class="quiet">{{ day }}</p>
<div class="parties"><div><h2>From</h2><p class="pre">{{ invoice.seller }}</p></div>
<div><h2>For</h2><p>{{ invoice.buyer }}</p>{% if invoice.country %}<p>{{ invoice.country }}</p>{% endif %}</div></div>
<table>{% for what, amount in lines %}<tr><td>{{ what }}</td><td>{{ amount }}</td></tr>{% endfor %}
<tr class="sum"><td>Total, tax included</td><td>{{ invoice.total }}</td></tr>
{% for what, amount in below %}<tr><td>{{ what }}</td><td>{{ amount }}</td></tr>{% endfor %}</table>
</main></body></html>
""")


def as_html(invoice: Invoice) -> bytes:
    below = _below(invoice)
    text = PAGE.render(title=_title(invoice), day=_day(invoice), invoice=invoice, lines=_lines(invoice), below=below)
    return text.encode()


def as_pdf(invoice: Invoice) -> bytes:
    """The same, on A4."""
    paper = io.BytesIO()
    canvas = Canvas(paper, pagesize=A4, invariant=1)
    canvas.setTitle(_title(invoice))
    left, right, down = 25 * mm, A4[0] - 25 * mm, A4[1] - 30 * mm
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(left, down, _title(invoice))
    canvas.setFont("Helvetica", 10)
    canvas.drawString(left, down - 7 * mm, _day(invoice))
    for at, (head, words) in enumerate((("From", invoice.seller), ("For", f"{invoice.buyer}\n{invoice.country}"))):
        place = canvas.beginText(left + at * 80 * mm, down - 22 * mm)
        place.textLines(f"{head}\n{words}")
        canvas.drawText(place)
    down -= 60 * mm
    total = ("Total, tax included", invoice.total)
    for what, amount in (*_lines(invoice), total, *_below(invoice)):
        canvas.setFont("Helvetica-Bold" if (what, amount) == total else "Helvetica", 11)
        canvas.drawString(left, down, what)
        canvas.drawRightString(right, down, str(amount))
        canvas.line(left, down - 3 * mm, right, down - 3 * mm)
        down -= 10 * mm
    canvas.save()
    return paper.getvalue()


def _title(invoice: Invoice) -> str:
    return f"{'Credit note' if invoice.credit_note else 'Invoice'} {invoice.number}"


def _day(invoice: Invoice) -> str:
    return f"{datetime.fromtimestamp(invoice.issued_ms / 1000, UTC):%-d %B %Y}"


def _lines(invoice: Invoice) -> Sequence[tuple[str, Money]]:
    first = (invoice.what, Money(invoice.total_minor + invoice.discount_minor, invoice.currency))
    return [first, ("Discount", Money(-invoice.discount_minor, invoice.currency))] if invoice.discount_minor else [first]


def _below(invoice: Invoice) -> Sequence[tuple[str, Money]]:
    """The tax in it, and who paid what."""
    net = Money(invoice.total_minor - invoice.tax_minor, invoice.currency)
    rate = f"{invoice.tax_bps / 100:g} %"
    taxed = [("Net", net), (f"Tax, {rate}", invoice.tax)] if invoice.tax_bps else [("No tax", Money(0, invoice.currency))]
    if not invoice.credit_minor:
        return taxed
    card = Money(invoice.total_minor - invoice.credit_minor, invoice.currency)
    return [*taxed, ("Paid from credit", Money(invoice.credit_minor, invoice.currency)), ("Paid by card", card)]
