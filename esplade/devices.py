"""Where encoders compute: settled once, and said."""

from __future__ import annotations

from ground.errors import InputError

_said: set[str] = set()


def settle(device: str, precision: str = "float32") -> tuple[str, tuple[str, ...]]:
    """The device that is meant, and those that several processes may share out.

    What a person should know of it is said once.

    Args:
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        precision: what is computed there; int8 takes ``auto`` to the CPU, which alone has it.

    Raises:
        InputError: there is no such device.
    """
    from encoders.devices.choosing import AUTO, CPU, Sight, choose_all, look, remark
    from esplade.progress import say

    # Nothing is asked of torch where the answer cannot matter.
    sight = Sight() if device == CPU else look()
    found = choose_all(device, sight)
    told = remark(device, found[0], sight)
    if device == AUTO and precision == "int8" and found[0] != CPU:
        told = f"computing on the CPU: int8 is not to be had on {found[0]}, which is here."
        found = (CPU,)
    if told and told not in _said:
        _said.add(told)
        say(f"Encoder: {told}")
    return found[0], found


def check_asked(device: str, encoder: bool = True) -> None:
    """Refuse a device that is not there, or that nothing would use, before any work.

    Args:
        device: as `settle` takes it.
        encoder: whether an encoder is given.

    Raises:
        InputError: it cannot be used.
    """
    from encoders.devices.choosing import AUTO, CPU, choose

    if device != AUTO and not encoder:
        raise InputError(
            f"--device {device} is where an encoder computes, and none is given. Give --encoder, "
            f"or leave --device out."
        )
    if device not in (AUTO, CPU):
        choose(device)


def settle_workers(workers: int | str, devices: tuple[str, ...], texts: int, shard: int) -> int:
    """How many processes encode.

    ``auto`` is one for each GPU; on the CPU one for every four processors, since a process uses
    several itself; and never more than there are shards to share out.

    Args:
        workers: a number, or ``auto``.
        devices: what they may share out.
        texts: how many there are to encode.
        shard: texts that a process takes at a time.

    Raises:
        InputError: neither, or more than can be of use.
    """
    from ground.machine import check_workers, usable_processors

    if workers != "auto":
        if not str(workers).isdecimal() or not int(workers):
            raise InputError(f"--workers {workers!r} is neither a number from 1 up nor auto.")
        check_workers(int(workers))
        return int(workers)
    many = len(devices) if devices[0].startswith("cuda") else max(1, usable_processors() // 4)
    if devices[0] == "mps":
        many = 1
    return max(1, min(many, -(-texts // shard)))
