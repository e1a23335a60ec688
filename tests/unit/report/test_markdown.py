"""Strangers' text in Markdown shows as it was written, and does nothing."""

import html
import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from forensics.model import ChainStep, MapEdge, MapNode, Node, ServiceMap
from forensics.report.markdown import cell, code, fence, prose
from forensics.report.mermaid import chain_mermaid, map_mermaid
from forensics.report.safe import safe

MARKS = st.text(st.sampled_from("ab1 `\\*_[]()<>#|~&!$@:/-+.='\"{}^\n"), max_size=40)
TEXT = MARKS | st.text(st.characters(exclude_categories=()), max_size=40)
RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _shown(source: str) -> str:
    """What a reader sees of a line, tags of code spans aside."""
    drawn = RENDERER.render(f"- **x** {source}")
    inside = re.fullmatch(r"(?s)<ul>\n<li><strong>x</strong> ?(.*?)</li>\n</ul>\n", drawn)
    assert inside, drawn
    return html.unescape(re.sub(r"</?code>", "", inside[1]))


def _words(text: str) -> list[str]:
    return text.split()


@given(TEXT)
def test_prose_reads_as_it_was_written(text):
    assert _words(_shown(prose(text))) == _words(safe(text))


@pytest.mark.parametrize(
    "text",
    ["@aws-sdk/client-s3", "see https://evil.example/?q=1", "www.evil.example", "owner/repo#12", "GH-12",
     "#7", "a@b.example", "(http://x)", "mailto:a", "javascript://x", "x`@you`"],
)  # fmt: skip
def test_what_a_forge_would_act_on_stands_in_a_code_span(text):
    spans = re.sub(r"(?s)<code>.*?</code>", "", RENDERER.render("x " + prose(text)))
    assert not re.search(r"@|://|www|#|GH-|mailto", spans)


@given(TEXT.filter(lambda t: safe(t).strip()))
def test_a_code_span_holds_all_of_its_text(text):
    drawn = RENDERER.renderInline(code(text))
    assert re.fullmatch(r"(?s)<code>.*</code>", drawn)
    assert drawn.count("<code>") == 1
    assert html.unescape(drawn[6:-7]).strip() == safe(text).strip()


@given(st.lists(TEXT, min_size=1, max_size=3))
@example([r"http://a\|b|c", "a|b"])
def test_a_row_of_a_table_keeps_its_cells(texts):
    head = "| " + " | ".join("h" for _ in texts) + " |\n|" + " --- |" * len(texts)
    drawn = RENDERER.render(f"{head}\n| {' | '.join(map(cell, texts))} |\n")
    cells = re.findall(r"(?s)<td>(.*?)</td>", drawn)
    shown = [_words(html.unescape(re.sub(r"</?code>", "", one))) for one in cells]
    assert shown == [_words(safe(text)) for text in texts]


@given(st.lists(TEXT, min_size=1, max_size=3))
def test_nothing_in_a_fence_ends_it(lines):
    (token,) = RENDERER.parse("\n".join(fence(lines, "sh")))
    assert token.content == "".join(safe(line) + "\n" for line in lines)


@pytest.mark.parametrize(
    "text", ["a" * 400_000, "@" * 400_000, "a.b-" * 100_000, "`" * 400_000, "://" * 130_000]
)
def test_a_line_without_a_blank_is_read_in_one_pass(text):
    """In minutes where a pattern goes back at every letter."""
    assert len(prose(text)) >= len(text)


STEP = ChainStep(Node("a", "k"), "origin", None, None, None, 1.0, "failed", None)
HOSTILE = 'x"]\n```\nclick n0 "javascript:alert(1)" %%{init}%% <img src=x> `end`'


@given(st.just(HOSTILE) | TEXT)
def test_a_name_is_only_ever_a_label(name):
    found = ServiceMap(
        (MapNode(name, "k", False, 1, 1, 0, None, None, None),), (MapEdge(name, name, "call", "e", 1, 0),)
    )
    plain, _ = map_mermaid(
        replace(
            found, nodes=(replace(found.nodes[0], name="a"),), edges=(MapEdge("a", "a", "call", "e", 1, 0),)
        )
    )
    drawn, left_out = map_mermaid(found)
    assert left_out == 0
    drawn += chain_mermaid([replace(STEP, node=Node(name, "k"))])
    plain += chain_mermaid([STEP])
    assert len(drawn) == len(plain)
    for line, model in zip(drawn, plain, strict=True):
        assert not re.search(
            r"[\n`<>\"]", re.sub(r'"\w*[^"<]*<br>[^"<]*"|\|"[^"]*"\|', "", line).replace("-->", "")
        )
        assert line.count('"') == model.count('"')


def test_a_map_too_large_to_read_keeps_the_failing_edges_and_counts_the_rest():
    edges = [MapEdge(f"a{n}", "b", "call", "e", 1_000, 0) for n in range(150)]
    drawn, left_out = map_mermaid(ServiceMap((), (*edges, MapEdge("bad", "b", "call", "e", 1, 1))))
    assert left_out == 51
    assert sum("-->" in line for line in drawn) == 100
    assert any("1 / 1 failed" in line for line in drawn)
