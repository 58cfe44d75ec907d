"""Learned sparse encoders: what turns text into impact vectors, and how it learns to."""

from __future__ import annotations
