"""A server of S3 in a process of its own, on loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.serving import free_port, waiting

SERVER = Path(sys.prefix) / "objects" / "bin" / "moto_server"
KEY, SECRET = "AKIAOBJECTSOFTESTS00", "a-secret-of-the-tests-of-objects"
"""What the environment names; a server of tests takes any."""


def environment(address: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def serving(objects: Mapping[str, bytes], bucket: str) -> Iterator[str]:
    """The address of a server with one bucket that holds these."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    process = subprocess.Popen(
        [str(SERVER), "--host", "127.0.0.1", "--port", str(port)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        waiting(process, f"{address}/moto-api/")
        httpx.put(f"{address}/{bucket}").raise_for_status()
        for key, body in objects.items():
            httpx.put(f"{address}/{bucket}/{key}", content=body).raise_for_status()
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)
