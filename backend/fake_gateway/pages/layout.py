"""The frame of every page: small, for a phone and a wide screen, light and dark, without a script."""

from html import escape

from fake_gateway.http_server import Answer

STYLE = """
:root{color-scheme:light dark;--ground:#f4f5f8;--card:#fff;--text:#1b1d29;--soft:#5d6275;--line:#d9dce6;--main:#3d3bd1;
--main-text:#fff;--bad:#b3261e;--note:#fff4d6;--note-text:#5f4700}
@media(prefers-color-scheme:dark){:root{--ground:#11121a;--card:#1b1d29;--text:#eceef6;--soft:#a4a9bd;--line:#363a4d;
--main:#8685f0;--main-text:#11121a;--bad:#ffb4ab;--note:#3d3210;--note-text:#ffe29a}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:1rem}
.demo{background:var(--note);color:var(--note-text);text-align:center;padding:.6rem 1rem;font-weight:600}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.25rem;margin:1rem 0}
h1{font-size:1.1rem;margin:0;font-weight:600}.amount{font-size:2rem;font-weight:700;margin:.1rem 0 .4rem}
ul{list-style:none;margin:.5rem 0 0;padding:0}li{display:flex;justify-content:space-between;gap:1rem;color:var(--soft)}
label{display:block;margin:.8rem 0 .25rem;font-size:.9rem;color:var(--soft)}
input,select{width:100%;padding:.7rem;border:1px solid var(--line);border-radius:9px;background:var(--card);
color:inherit;font:inherit}
button,.button{display:block;width:100%;margin-top:1rem;padding:.8rem;border:1px solid var(--main);border-radius:9px;
background:var(--main);color:var(--main-text);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.quiet{background:none;color:var(--main)}:focus-visible{outline:3px solid var(--main);outline-offset:2px}
.bad{color:var(--bad);font-weight:600}p{margin:.6rem 0}small{color:var(--soft)}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def page(title: str, content: str, *, status: int = 200) -> Answer:
    """A whole page around its content, which is HTML already."""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - Demo gateway</title><style>{STYLE}</style></head><body>"
        f'<header class="demo">Demo gateway: no money moves</header><main>{content}</main></body></html>'
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Answer(status, text.encode(), "text/html; charset=utf-8", headers)


def card(content: str) -> str:
    """A box."""
    return f'<section class="card">{content}</section>'


def form(fields: str, *, action: str = "") -> str:
    """A form that posts to the page's own address or another."""
    return f'<form method="post" action="{escape(action)}">{fields}</form>'


def button(label: str, name: str, value: str, *, quiet: bool = False) -> str:
    """A button that sends a value."""
    style = ' class="quiet"' if quiet else ""
    return f'<button{style} name="{escape(name)}" value="{escape(value)}">{escape(label)}</button>'


def link(label: str, address: str) -> str:
    """A link that looks like a quiet button."""
    return f'<a class="button quiet" href="{escape(address)}">{escape(label)}</a>'


def refusal(sentence: str) -> str:
    """What went wrong, said to screen readers as well."""
    return f'<p class="bad" role="alert">{escape(sentence)}</p>' if sentence else ""


def not_found() -> Answer:
    """No such page."""
    return page("Not found", card("<h1>There is no such page here.</h1>"), status=404)
