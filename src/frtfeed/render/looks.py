"""
What the tags of a letter look like in the templates that frtfeed brings. Made by tools/make_looks.py: do not edit.

premailer's answers, by style sheet, tag and classes, as in inline.Styles: a changed style sheet has another name.
"""

__all__ = ["LOOKS"]

# ruff: noqa: E501
# fmt: off
LOOKS: dict[str, str] = {
    "b0852da5857007a4 a a":
        "padding:4px 0;color:#8c1c13",
    "b0852da5857007a4 a go":
        "display:inline-block;padding:4px 0;color:#8c1c13",
    "b0852da5857007a4 a t":
        "padding:4px 0;color:#1c1b19",
    "b0852da5857007a4 a th":
        "display:inline-block;color:#1c1b19;text-decoration:none",
    "b0852da5857007a4 address postal":
        "font-style:normal",
    "b0852da5857007a4 b o":
        "color:#5d5a54",
    "b0852da5857007a4 body ":
        "margin:0;padding:0;background-color:#f1efe8",
    "b0852da5857007a4 div p":
        "margin:0 0 10px",
    "b0852da5857007a4 div pre":
        "display:none;max-height:0;overflow:hidden;mso-hide:all",
    "b0852da5857007a4 h1 title":
        "margin:4px 0;font:bold 32px/38px Georgia, serif",
    "b0852da5857007a4 h2 h":
        "margin:0 0 4px;font:bold 21px/28px Georgia, serif",
    "b0852da5857007a4 h2 h hh":
        "margin:0 0 4px;font:bold 27px/34px Georgia, serif",
    "b0852da5857007a4 h2 s":
        "margin:12px 0 2px;font-size:16px;color:#5d5a54",
    "b0852da5857007a4 h2 s z":
        "margin:0;font-size:16px;color:#5d5a54",
    "b0852da5857007a4 h3 s":
        "margin:12px 0 2px;font-size:16px;color:#5d5a54",
    "b0852da5857007a4 img img thumb":
        "display:block;border:0;color:#5d5a54;background-color:#f1efe8;margin:6px 0 8px 16px",
    "b0852da5857007a4 img img wide":
        "display:block;border:0;color:#5d5a54;background-color:#f1efe8;margin:12px 0 14px",
    "b0852da5857007a4 li i":
        "padding:3px 0",
    "b0852da5857007a4 ol toc":
        "margin:0;padding:0 0 0 32px",
    "b0852da5857007a4 p by":
        "margin:0 0 8px;color:#5d5a54",
    "b0852da5857007a4 p f":
        "margin:0 0 10px;padding:8px 12px;background-color:#f1efe8",
    "b0852da5857007a4 p name":
        "margin:0;font-weight:bold;color:#8c1c13",
    "b0852da5857007a4 p notice":
        "margin:12px 0 0;padding:8px 12px;background-color:#f1efe8",
    "b0852da5857007a4 p p":
        "margin:0 0 10px",
    "b0852da5857007a4 p w":
        "margin:0;color:#5d5a54",
    "b0852da5857007a4 p z":
        "margin:0",
    "b0852da5857007a4 span q":
        "color:#5d5a54",
    "b0852da5857007a4 span u":
        "color:#8c1c13",
    "b0852da5857007a4 table page":
        "background-color:#f1efe8",
    "b0852da5857007a4 table sheet":
        "max-width:600px;background-color:#fff;border-top:4px solid #8c1c13;overflow-wrap:break-word;word-break:break-word",
    "b0852da5857007a4 td c":
        "padding:22px 28px;font:16px/24px Helvetica, Arial, sans-serif;color:#1c1b19",
    "b0852da5857007a4 td c l":
        "padding:22px 28px;font:16px/24px Helvetica, Arial, sans-serif;color:#1c1b19;border-top:1px solid #dcd9d1",
    "b0852da5857007a4 td c l foot":
        "padding:22px 28px;font:16px/24px Helvetica, Arial, sans-serif;color:#5d5a54;border-top:1px solid #dcd9d1",
    "b0852da5857007a4 td d":
        "font:16px/24px Helvetica, Arial, sans-serif;color:#1c1b19",
    "b0852da5857007a4 td side":
        "width:128px",
    "b0852da5857007a4 ul b":
        "margin:0;padding:0 0 0 14px;list-style:none;border-left:3px solid #dcd9d1",
    "b0852da5857007a4 ul n":
        "margin:0;padding:0 0 0 14px;list-style:none;border-left:3px solid #8c1c13",
}
