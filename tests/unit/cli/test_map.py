"""`forensics map` as a user types it."""

from __future__ import annotations

import json
from xml.etree import ElementTree


def test_the_account_in_every_form(run, case):
    code, out, _ = run("map", "--case", case)
    assert code == 0
    assert "orders" in out
    assert "100.0%" in out
    code, out, _ = run("map", "--case", case, "-o", "json")
    (node,) = json.loads(out)["nodes"]
    assert (node["name"], node["invocations"], node["failures"], node["seen"]) == ("orders", 1, 1, "ran")
    assert "no configuration was collected" in json.loads(out)["notes"][0]
    assert ElementTree.fromstring(run("map", "--case", case, "-o", "graphml")[1])[-1].tag.endswith("graph")
    assert run("map", "--case", case, "-o", "mermaid")[1].startswith("flowchart LR\n")


def test_a_window_without_traffic_is_empty_and_an_unknown_node_an_error(run, case):
    code, out, _ = run(
        "map", "--case", case, "-o", "json", "--until", "2020-10-12T00:00", "--baseline", "1h/0m"
    )
    assert code == 0
    assert json.loads(out)["nodes"] == []
    code, _, err = run("map", "--case", case, "--node", "nobody*")
    assert code == 1
    assert "error: no node is named nobody*\nhint: forensics map" in err


def test_a_node_is_shown_with_what_is_next_to_it(run, case):
    assert "orders" in run("map", "--case", case, "--node", "ord*")[1]
