"""An invented holiday notice for 2027, as the office would load it, and variations of it."""

INVENTED_2027 = """
name = "cn"
source = "An invented holiday notice for 2027"
known_from = 2027-01-01
known_until = 2027-12-31
weekend = [6, 7]
off = [2027-01-01, 2027-01-02, 2027-01-03, 2027-01-04, 2027-02-05, 2027-02-08, 2027-02-09, 2027-02-10, 2027-02-11]
work = [2027-01-31, 2027-02-13]
"""
"""The Monday after New Year is off, which nobody could know in 2026."""

UNSURPRISING_2027 = INVENTED_2027.replace(", 2027-01-04", "").replace("2027-01-31, ", "")
"""Moves nothing in January: dates only become certain."""
