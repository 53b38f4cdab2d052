"""Zip files with fixed times, so that the same content is the same bytes."""

from __future__ import annotations

import io
import zipfile

_WHEN = (2026, 1, 15, 9, 0, 0)


def fixed_zip(data: bytes) -> bytes:
    """The zip file `data` with its members in the same order, all dated alike."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            fresh = zipfile.ZipInfo(info.filename, _WHEN)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            fresh.external_attr = 0o644 << 16
            target.writestr(fresh, source.read(info))
    return out.getvalue()
