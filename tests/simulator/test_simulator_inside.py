"""The simulator in the tests' own process leaves nothing open: a later test would be told of it as of its own error."""

import gc
import socket
import warnings
from urllib.parse import urlsplit

import pytest
from simulator_inside import start_when_called


@pytest.mark.parametrize("said", [b"", b"POST /v1/responses HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"])
def test_a_client_that_is_just_coming_in_at_its_end_is_hung_up_on(said):
    with socket.socket() as client, start_when_called() as url:
        client.connect(("127.0.0.1", port := urlsplit(url).port))
        client.sendall(said)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gc.collect()
    assert not [each.message for each in told if f"laddr=('127.0.0.1', {port})" in str(each.message)]
