"""What a customer may write to break a report: markup, formulas, controls, odd letters, length."""

from __future__ import annotations

NASTY = (
    "<script>alert(1)</script> late",
    "<img src=x onerror=alert(1)> late",
    "{{7*7}} {% raw %} late",
    "=cmd|' /C calc'!A0",
    "+1+1 late",
    "-2+3 late",
    "@SUM(1) late",
    "\tlate",
    "late \u202egnihton\u202c and \u2066more",
    "late \x00\x1b[31m\x07 control",
    "late &amp; &#x3c;b&#x3e; </blockquote></main>",
    "```\n# late\n| a | b |\n[x](javascript:alert(1))",
    "late 👩‍👩‍👧 \u200b\u200d\ufeff é̂",
    "التوصيل متأخر late",
    "x" * 10_000,
    "javascript:alert(1) https://evil.example/late",
)
