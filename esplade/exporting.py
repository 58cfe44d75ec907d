"""Encoders for other tools."""

from __future__ import annotations

from pathlib import Path


def export_encoder(
    encoder: str | Path, out: str | Path, *, overwrite: bool = False, online: bool = False
) -> str:
    """Write an encoder so that sentence-transformers loads it, with the same vectors.

    Where the output vocabulary is not the tokenizer's, a module of esplade's goes with it, and
    loading needs ``trust_remote_code=True``. The folder stays an encoder of esplade's as well.

    Args:
        encoder: its folder, or the name of one that ships or is on the hub.
        out: folder to write.
        overwrite: replace an exported encoder.
        online: a model of the hub may be downloaded.

    Returns:
        "plain", or "custom" where a module goes with it.

    Raises:
        InputError: there is no such encoder; ``out`` holds something else.

    Example:
        >>> import esplade
        >>> esplade.export_encoder("pydoc-tiny", "for-sentence-transformers")
        'custom'
    """
    from encoders.checkpoints.folders import MODULES
    from esplade.hub import offline
    from esplade.loading import encoder_folder, fetch
    from ground.artifacts import check_free_for

    place = Path(out)
    check_free_for(place, MODULES, "an exported encoder", overwrite, [encoder])
    fetch(encoder, online)
    offline()
    from encoders.checkpoints.exporting import export_encoder as export
    from encoders.checkpoints.loading import load_encoder

    return export(load_encoder(encoder_folder(encoder)), place)
