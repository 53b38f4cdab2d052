"""The page's files: served as they should be, and built from the sources beside them."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from service_site import REPOSITORY

from harness.service import page

FRONTEND = REPOSITORY / "frontend"
BUILT = Path(page.__file__).parent
NAMES = ("career-ark.js", "index.html", "style.css")
AWAY = re.compile(
    r"ENOTFOUND|ECONN|ETIMEDOUT|EIDLETIMEOUT|ERR_SOCKET_TIMEOUT|EAI_AGAIN|network|\bcode E(?:403|429|5\d\d)\b"
)
"""How npm says that whoever has the packages does not answer, or answers that it cannot now."""


class TestServed:
    @pytest.mark.parametrize("path", ["/", "/page/career-ark.js", "/page/style.css"])
    def test_it_needs_no_token_and_lets_nothing_foreign_run(self, shared, path):
        answer = shared.ann.get(path, headers={"Authorization": ""})
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    def test_the_document_has_no_script_or_style_of_its_own(self, shared):
        text = shared.ann.get("/").text
        assert re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL) == [""]
        assert "<style" not in text
        assert not re.search(r"\son\w+=|\sstyle=", text)

    def test_other_files_of_the_package_are_not_served(self, shared):
        for path in ("/page/__init__.py", "/page/", "/page/..%2fapp.py"):
            assert shared.ann.get(path).status_code == 404

    def test_it_is_no_part_of_the_api(self, shared):
        assert not [path for path in shared.ann.get("/openapi.json").json()["paths"] if not path.startswith("/api/")]


class TestFresh:
    def test_the_committed_bundle_was_built_from_these_sources(self):
        names = [f"src/{file.name}" for file in (FRONTEND / "src").iterdir()]
        names += [
            "build.mjs", "index.html", "package-lock.json", "package.json", "style.css", "tsconfig.json", "types.mjs",
        ]  # fmt: skip
        digest = hashlib.sha256()
        for name in sorted(names):
            digest.update(name.encode() + b"\0" + (FRONTEND / name).read_bytes() + b"\0")
        built = re.match(r"/\* sources ([0-9a-f]{64}) \*/", (BUILT / "career-ark.js").read_text("utf-8"))
        assert built is not None
        assert built[1] == digest.hexdigest(), "sources changed since: npm run build in frontend/"

    def test_the_types_name_every_field_of_the_contract(self):
        schema = json.loads((REPOSITORY / "goldens/cv.schema.json").read_text("utf-8"))
        typed = (FRONTEND / "src/contract.ts").read_text("utf-8")
        listed = {
            name: json.loads(fields) for name, fields in re.findall(r'\{ name: "(\w+)", fields: (\[.*?\]) \}', typed)
        }
        wanted = {
            name: [field for field in node.get("items", node).get("properties", {}) if field != "id"]
            for name, node in schema["properties"].items()
        }
        assert listed == wanted
        assert list(listed) == list(wanted)

    def test_the_lock_file_names_no_registry(self):
        assert "http" not in (FRONTEND / "package-lock.json").read_text("utf-8")

    @pytest.mark.long
    def test_building_anew_gives_the_committed_files(self, tmp_path, capsys):
        if not (shutil.which("node") and shutil.which("npm")):
            _left_out(capsys, "node and npm are not installed")
            return
        sources = tmp_path / "frontend"
        shutil.copytree(FRONTEND, sources, ignore=shutil.ignore_patterns("node_modules"))
        (tmp_path / "goldens").mkdir()
        shutil.copy(REPOSITORY / "goldens/cv.schema.json", tmp_path / "goldens")
        try:
            installed = subprocess.run(
                ["npm", "ci", "--no-progress"], cwd=sources, capture_output=True, text=True, timeout=600
            )
        except subprocess.TimeoutExpired:
            _left_out(capsys, "the packages were not fetched within ten minutes")
            return
        if installed.returncode and AWAY.search(installed.stderr):
            _left_out(capsys, "the packages cannot be fetched from here")
            return
        assert installed.returncode == 0, installed.stderr
        out = tmp_path / "built"
        subprocess.run(
            ["npm", "run", "build", "--", str(out)], cwd=sources, check=True, capture_output=True, timeout=600
        )
        assert (sources / "src/contract.ts").read_bytes() == (FRONTEND / "src/contract.ts").read_bytes()
        assert {name: (out / name).read_bytes() for name in NAMES} == {
            name: (BUILT / name).read_bytes() for name in NAMES
        }


def _left_out(capsys, why):
    with capsys.disabled():
        print(f"\nleft out: building the page anew ({why}); its sources' digest was compared")
