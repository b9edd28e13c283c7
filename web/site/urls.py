"""Addresses of ours written out whole, for what leaves the page: mail, links that are handed over, calendars.

Where the address of the site is set (SITE_URL), by that: what a request calls its host anybody can write into it, and
a link in a mail of ours must lead nowhere else.
"""

from __future__ import annotations

from typing import Any

from flask import url_for

from web.site.access import settings


def whole_address(endpoint: str, **values: Any) -> str:
    """The address of a page, with the host before it."""
    site = settings().site_url
    return site + url_for(endpoint, **values) if site else url_for(endpoint, **values, _external=True)
