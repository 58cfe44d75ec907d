from __future__ import annotations

import numpy as np
import pytest
import torch

from encoders.devices.device import CudaDevice, PlainDevice, device_at


def _there() -> list[str]:
    """Names of what torch has besides the CPU."""
    found = ["cuda:0"] if torch.cuda.is_available() else []
    return found + (["mps"] if torch.backends.mps.is_available() else [])


@pytest.mark.parametrize("name", ["cpu", "cuda:0", "mps"])
def test_arrays_go_there_and_come_back(name: str) -> None:
    if name != "cpu" and name not in _there():
        pytest.skip(f"torch sees no {name} here")
    device = device_at(torch.device(name))
    assert device is device_at(torch.device(name))
    device.ready()
    array = np.arange(6, dtype=np.int64).reshape(2, 3)
    for lane in range(device.lanes):
        with device.lane(lane), device.exactly():
            sent = device.send(array)
            assert sent.device == torch.device(name)
            doubled, as_float = device.fetch([sent * 2, sent.float()])
        np.testing.assert_array_equal(doubled, array * 2)
        np.testing.assert_array_equal(as_float, array.astype(np.float32))
    device.release()
    free = device.free_bytes()
    assert free is None if name == "cpu" else free is not None and free > 0


def test_memory_that_runs_out_is_told_from_other_errors() -> None:
    device = PlainDevice("cpu")
    assert device.is_exhausted(torch.OutOfMemoryError("CUDA out of memory."))
    assert device.is_exhausted(RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"))
    assert device.is_exhausted(RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"))
    assert not device.is_exhausted(RuntimeError("shapes do not fit"))
    assert not device.is_exhausted(ValueError("out of memory"))


def test_products_of_float32_are_exact_while_it_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    products = torch.backends.cuda.matmul
    before = products.fp32_precision
    monkeypatch.setattr(CudaDevice, "__init__", lambda self: None)
    try:
        products.fp32_precision = "tf32"
        with CudaDevice().exactly():  # type: ignore[call-arg]
            assert products.fp32_precision == "ieee"
        assert products.fp32_precision == "tf32"
    finally:
        products.fp32_precision = before
