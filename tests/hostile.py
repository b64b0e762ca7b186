"""What students may write to do harm in the browser of whoever reads it.

Each answer, where it works, adds its title to `window.fired`, asks for an address with `/fired/` in
it, opens a dialog, leaves the page or starts a kernel.
"""

from __future__ import annotations

KERNEL = (
    "fetch('/api/kernels',{method:'POST',headers:{'X-XSRFToken':"
    "(document.cookie.match('_xsrf=([^;]*)')||[])[1]}})"
)
ELSEWHERE = "http://127.0.0.2:9/fired"


def fire(title: str) -> str:
    return f"window.fired=(window.fired||'')+'{title} '"


def _script(title: str) -> str:
    return f"<script>{fire(title)}</script>"


def _image(title: str) -> str:
    return f'<img src="/fired/{title}" onerror="{fire(title)}">'


CONTROLS = {
    "script": "<script>window.fired='script'</script>",
    "image": _image("image"),
    "svg": f'<svg onload="{fire("svg")}"></svg>',
    "kernel": f'<img src="nothere" onerror="{KERNEL}">',
    "dialog": "<script>alert('dialog')</script>",
    "remote": f"![]({ELSEWHERE}/remote.png)",
    "configuration": "![](/formgrader/fired?path=/tmp/anywhere)",
    "leave": '<meta http-equiv="refresh" content="0; url=/fired/leave">',
    "mermaid": f"```mermaid\n{_image('mermaid')}\n```",
    "style": f"<style>@import url({ELSEWHERE}/style.css);</style>",
}
"""Those of which each is known to work where nothing is done about it."""

_TITLE = "x"
HOSTILE = CONTROLS | {
    "script in two": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script in upper case": f"<SCRIPT>{fire(_TITLE)}</SCRIPT>",
    "script in a list": f"- one\n- {_script('list')}",
    "script in a table": f"| a |\n|---|\n| {_script('table')} |",
    "script in a quotation": f"> {_script('quotation')}",
    "script in a heading": f"# {_script('heading')}",
    "script in emphasis": f"*{_script('emphasis')}*",
    "script in code": f"`{_script('code')}`",
    "script in a fence": f"```html\n{_script('fence')}\n```",
    "script in indented code": f"    {_script('indented')}",
    "dollars over two fences": f"```\n$$\n```\n\n```\n$$ {_image('dollars')}\n```",
    "brackets over two fences": f"```\n\\\\[\n```\n\n```\n\\\\] {_image('brackets')}\n```",
    "an environment over two fences": (
        f"```\n\\begin{{x}}\n```\n\n```\n\\end{{x}} {_image('environment')}\n```"
    ),
    "dollars over two code spans": f"`$` and `$ {_image('spans')}`",
    "a fence that never ends": f"```\n{_script('endless')}",
    "a fence in a comment": f"<!--\n```\n-->\n{_script('comment')}",
    "a comment that never ends": "<!-- and the rest is gone",
    "CDATA": f"<![CDATA[ {_image('cdata')} ]]>",
    "a declaration": f"<!DOCTYPE x [ {_image('doctype')} ]>",
    "a processing instruction": f"<?x {_image('pi')} ?>",
    "textarea": f"<textarea>{_image('textarea')}",
    "a title that ends": f"</title></head><body>{_image('title')}",
    "a cell that ends": f"</div></div></div></div></div>{_script('outside')}",
    "javascript link": f"[look](javascript:{fire('link')})",
    "javascript link in entities": f"[look](&#106;avascript&colon;{fire('entities')})",
    "javascript link with a tab": f"[look](<java\tscript:{fire('tab')}>)",
    "javascript link with escapes": f"[look](java\\script\\:{fire('escapes')})",
    "javascript autolink": f"<javascript:{fire('autolink')}>",
    "javascript by reference": f"[look][there]\n\n[there]: javascript:{fire('reference')}",
    "javascript image": f"![look](javascript:{fire('jsimage')})",
    "javascript in upper case": f"[look](JaVaScRiPt:{fire('case')})",
    "vbscript link": "[look](vbscript:msgbox(1))",
    "data link": "[look](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "data image": "![look](data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>)",
    "link with a handler in its title": '[look](http://x.example "a\\" onmouseover=\\"alert(1)")',
    "image with a handler in its words": f'![x" onerror="{fire("alt")}](/fired/alt)',
    "remote image by reference": f"![][far]\n\n[far]: {ELSEWHERE}/reference.png",
    "remote image in HTML": f"<img src={ELSEWHERE}/html.png>",
    "picture": f"<picture><source srcset={ELSEWHERE}/set.png><img></picture>",
    "sound and film": f"<audio src={ELSEWHERE}/a autoplay></audio><video poster={ELSEWHERE}/v></video>",
    "frame": f'<iframe srcdoc="<script>parent.{fire("frame")}</script>"></iframe>',
    "frame from elsewhere": f"<iframe src={ELSEWHERE}/frame></iframe>",
    "object": f"<object data={ELSEWHERE}/object></object><embed src={ELSEWHERE}/embed>",
    "base": f"<base href={ELSEWHERE}/>",
    "link to a style": f"<link rel=stylesheet href={ELSEWHERE}/link.css>",
    "preload": f"<link rel=preload as=script href={ELSEWHERE}/preload>",
    "form": f"<form action=/fired/form><button id=go>Full credit</button></form>{_script('form')}",
    "autofocus": f'<input autofocus onfocus="{fire("focus")}">',
    "details": f'<details open ontoggle="{fire("details")}">x</details>',
    "marquee": f'<marquee onstart="{fire("marquee")}">x</marquee>',
    "animation": (
        f'<style>@keyframes k{{}}</style><b style="animation:k 1s" '
        f'onanimationstart="{fire("animation")}">x</b>'
    ),
    "style in an attribute": f'<b style="background:url({ELSEWHERE}/attribute)">x</b>',
    "svg animation": f'<svg><animate onbegin="{fire("animate")}" attributeName=x dur=1s></svg>',
    "svg link": f'<svg><a xlink:href="javascript:{fire("xlink")}"><text y=9>x</text></a></svg>',
    "foreign object": f"<svg><foreignObject>{_image('foreign')}</foreignObject></svg>",
    "mutation": f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;{_image("mxss")}">',
    "template": f'<template shadowrootmode=open><img src=x onerror="{fire("shadow")}"></template>',
    "an id that Formgrader looks for": '<div id="01-pounds-check" class="score tabbable">x</div>',
    "formula with a link": f"$\\href{{javascript:{fire('href')}}}{{E}}$",
    "formula with a class": "$\\class{score}{E}$ $\\cssId{01-editor}{E}$",
    "formula with a style": f"$\\style{{background:url({ELSEWHERE}/tex)}}{{E}}$",
    "formula that loads": "$\\require{html}\\href{javascript:alert(1)}{E}$",
    "formula in unicode": "$\\unicode[x]{60}\\unicode{62}$",
    "formula that defines": "$\\def\\a{\\a\\a}\\a$",
    "formula with HTML": f'$x <img src=/fired/tex onerror="{fire("tex")}"> y$',
    "formula with HTML in entities": "$x \\text{&lt;img src=/fired/text onerror=alert(1)&gt;}$",
    "formula on its own": f"$$\n\\href{{javascript:alert(1)}}{{E}}\n{_image('block')}\n$$",
    "formula in brackets": f"\\\\(\\href{{javascript:alert(1)}}{{E}} {_image('round')}\\\\)",
    "environment": f"\\begin{{align}}\\href{{javascript:alert(1)}}{{E}} {_image('align')}\\end{{align}}",
    "dollars apart": "A $ here. \\href{javascript:alert(1)}{x} And a $ there.",
    "attachment": "![a](attachment:image.svg)",
    "template words": "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7*7} <%= 7 %>",
    "nul and escapes": f"\x00\x1b[31m\x1b]8;;javascript:alert(1)\x07x\x1b]8;;\x07{_script('nul')}",
    "signs of another script": f"\u202e<script>\u2066{fire('bidi')}</script>\ufeff",
    "half a character": "<img src=x onerror=alert(1)>\ud800",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
    "wide signs": "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "many levels": "> " * 500 + _image("deep"),
    "long": ("*a " * 10_000) + _image("long"),
}

PRINTED = f"\x1b[31m<script>{fire('printed')}</script>\x1b]8;;javascript:alert(1)\x07\n{_image('printed')}\n"
FAILED = (
    f"Evil<img src=x>: \x1b[0;31m{_image('failed')}\x1b[0m $\\href{{javascript:alert(1)}}{{E}}$"
)

HONEST = r"""The *journal* says **626,000 lb**. I found:

- 284 t CO₂e, from $E = P \cdot t \cdot \mathrm{PUE}$ with $P < 10$ MW;
- a factor of `0.4536` kg/lb.

| place | kg/kWh |
|-------|-------:|
| Iowa  | 0.45   |

```python
tonnes = pounds * 0.4536 / 1000
print(tonnes < 300)
```

$$
\frac{626000 \cdot 0.4536}{1000} \approx 284
$$

It cost $5, and I don't know what [the paper](https://example.org/paper) says.
"""
