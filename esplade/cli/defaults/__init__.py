"""Defaults of options from ``esplade.toml``: in the folder where one works, and a person's own.

What is typed comes first, then what the environment says (``ESPLADE_VERBOSITY``), then the file of
the folder, then the person's own, then what is built in. Python's API knows none of this.
"""
