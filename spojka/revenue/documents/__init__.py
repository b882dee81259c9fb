"""
Turns one finished invoice, a frozen value, into bytes: a PDF, an ISDOC 6.0.2 file, an EN 16931 UBL file, a QR Platba.

Owns: the invoice as a value (`invoice.InvoiceDocument`), the split of amounts into base and tax (`vat.split_vat`), the
layout and the wording of what is printed, and the mapping onto the two e-invoice formats.

Does not own: numbering, due dates, prices and the ledger (billing does), sending (`trade.notices`). No tables, no
operations and no clock.

Invariants:

- A document whose sums disagree cannot be made: lines add up to the rows of VAT, rows to the totals, to the last 0.01.
- Every format carries the same figures: none of them computes an amount, they print what the value holds.
- The same value makes the same bytes, today and in ten years, as long as the template's version stays.
- Amounts are whole micro-units and multiples of 0.01; the currency is CZK (simplecell/5.6).
"""
