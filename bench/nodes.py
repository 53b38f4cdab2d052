"""A Ray cluster of several nodes in processes of this machine: a head without processors, on which the driver is, and
nodes of one processor each. Of benches and tests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

_PATIENCE_S = 300.0
PATIENCE = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_gcs_server_port_wait_time_s": "300",
    "RAY_worker_register_timeout_seconds": "600",
    "RAY_health_check_timeout_ms": "60000",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_failure_threshold": "2",
    "RAY_worker_niceness": "0",
}
"""On a machine that others keep busy a start takes long, and who answers late is not dead; whose process has ended does
not answer at all, and is asked often. Ray's own workers would give way to everybody else, by a factor of thirty."""


@contextmanager
def nodes(count: int) -> Iterator[Any]:
    """Ray's `Cluster`. What its workers are to have in their environment has to be in this one."""
    os.environ.update(PATIENCE)
    from ray._private import services
    from ray.cluster_utils import Cluster

    find = services.get_node
    services.get_node = partial(_once_there, find)
    cluster = Cluster()
    try:
        add_node(cluster, num_cpus=0, include_dashboard=False, include_log_monitor=False, no_monitor=True)
        for _ in range(count):
            add_node(cluster)
        yield cluster
    finally:
        cluster.shutdown()
        services.get_node = find


def _once_there(find: Callable[[str, str], Any], gcs_address: str, node_id: str) -> Any:
    """What Ray's `get_node` finds, once the node is there. It is asked by whoever starts a node, and gives up after
    half a minute; nothing else says how long."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return find(gcs_address, node_id)
        except RuntimeError:  # it is not there yet
            if time.monotonic() > until:
                raise
        time.sleep(0.05)


def add_node(cluster: Any, **options: Any) -> None:
    """Add a node and wait until it is there: Ray itself gives up after half a minute."""
    cluster.add_node(wait=False, **{"num_cpus": 1, "object_store_memory": 80_000_000} | options)
    cluster.wait_for_nodes(timeout=_PATIENCE_S)


def workers(cluster: Any) -> dict[int, Any]:
    """Which process makes a shard at this moment, by what Ray calls it, and on which node of this cluster."""
    raylets = {node.all_processes["raylet"][0].process.pid: node for node in cluster.worker_nodes}
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            named = (folder / "cmdline").read_bytes()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # gone meanwhile
        if named.startswith(b"ray::shard") and parent in raylets:
            found[int(folder.name)] = raylets[parent]
    return found
