"""Folders of encoders, ours and other makers': loaded, saved, exported, averaged."""
