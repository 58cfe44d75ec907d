"""The ground that every package stands on.

Errors, files that are read strictly, results that appear whole, what the machine offers.
"""
