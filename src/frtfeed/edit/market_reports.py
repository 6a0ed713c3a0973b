"""
Tells advertisements for market studies from news: "Facial Recognition Market Size, Share, Forecast to 2030".

Strategy: their titles are lists, made for search engines, of what such a study holds. The word
"market" beside two things of that list is one; news about a market names one of them at most
("market share worries regulators"). A growth rate by its initials is what the studies sell.
Measured on titles labelled by hand (tests/edit/test_market_reports.py).
"""

import re

from frtfeed.text import fold

__all__ = ["market_report"]

MARKET = re.compile(r"\bmarkets?\b")
GROWTH_RATE = re.compile(r"\bcagr\b|\bcompound annual growth\b")
# What a study holds, each counted once: name, and how titles write it (folded: hyphens are spaces).
HOLDS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("size", r"\bmarkets? (?:size|volume|value\b(?=.*\b20\d\d))|\bsize\b(?=[,&|]| and )"),
        ("share", r"\bshares?\b(?=[,&|/]| and | analysis| report|$)|(?:[,&|/]|\band) shares?\b"),
        ("forecast", r"\bforecasts?\b|\boutlook\b|\bprojections?\b|\bfuture scope\b"),
        ("years", r"\b20\d\d\s?(?:to|[/~])?\s{1,3}20\d\d\b|\b(?:by|to|till|until|through|during|period) 20[2-4]\d\b"),
        (
            "trends",
            r"\b(?:market|growth|key|industry|latest|emerging|future) trends\b|\btrends?\b(?=[,&|]| and )"
            r"|[,&|] (?:and )?trends?\b",
        ),
        (
            "growth",
            r"\bgrowth\b(?=[,&|:]| and | rate| driver| analysis| opportunit| factor| prospect| statistic| report"
            r"| forecast| at )|[,&|] (?:and )?growth\b",
        ),
        (
            "analysis",
            r"\b(?:market|industry|competitive|swot|segment(?:ation)?|regional|demand|size|share|growth|trend|"
            r"opportunity|comprehensive|in depth) (?:and )?analysis\b|\banalysis\b(?=[,&|]| and | by )",
        ),
        (
            "players",
            r"\b(?:key|top|leading|major|prominent) (?:key )?(?:players|vendors|manufacturers|companies|competitors)\b",
        ),
        (
            "study",
            r"\b(?:market|industry) (?:research )?(?:report|study|survey|insights?|intelligence|overview|dynamics|"
            r"segmentation|scope|research)\b|\b(?:research|global) report\b|\breport 20\d\d\b",
        ),
        (
            "worth",
            r"\b(?:worth|to (?:reach|hit|surpass|exceed|cross|touch|garner)|reach(?:es|ing)?|valued at|exceeding"
            r"|surpass(?:es|ing)?|projected (?:to|at)|expected to|poised (?:to|for)|set to|estimated (?:to|at)) "
            r"(?:\w+ ){0,4}?(?:(?:us|usd|eur|inr)\W{0,2}|[$€£₹]\s?)\d",
        ),
        ("rate", r"\b\d+(?:\.\d+)?\s?%(?= (?:cagr|growth|from 20|during|through|by 20))|\bgrow(?:s|ing)? at\b"),
        ("opportunity", r"\bopportunit(?:y|ies)\b|\bdemands?\b(?=[,&|]| and )|\brevenues?\b(?=[,&|]| and | forecast)"),
        ("regions", r"\b(?:by|across) (?:type|component|application|technology|end use|end user|region|vertical)\b"),
        ("global", r"^(?:the )?global\b.*\bmarkets?(?=$|[,:|(]| size| share| report| to | 20\d\d)"),
    )
)
# Who sells them; named in a title, that is what the title is for.
SELLERS = re.compile(
    r"\b(?:researchandmarkets|research and markets|marketsandmarkets|markets and markets|grand view research|"
    r"allied market research|fortune business insights|mordor intelligence|imarc(?: group)?|transparency market"
    r" research|future market insights|precedence research|market research future|straits research|"
    r"verified market|data bridge|globenewswire market|persistence market|polaris market|technavio|meticulous research|"
    r"coherent market insights|reportlinker|openpr|emergen research|the insight partners)\b"
)
ENOUGH = 2


def market_report(title: str, summary: str = "") -> str:
    """Return what shows that a title advertises a market study, in a few words; "" for anything else."""
    said = fold(title)
    if found := GROWTH_RATE.search(said):
        return f"“{found[0]}” in the title"
    if not MARKET.search(said):
        return ""
    signs = [name for name, pattern in HOLDS if pattern.search(said)]
    if found := SELLERS.search(said):
        signs.append(found[0])
    if len(signs) >= ENOUGH:
        return f"a market's {', '.join(signs)} in the title"
    if signs and (found := GROWTH_RATE.search(fold(summary))):
        return f"a market's {signs[0]} in the title and “{found[0]}” in the text"
    return ""
