"""What a reader must know first: one sentence, who lost and who gained, and a command to go on with."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

from conftest import KEY, summary_of
from synthetic_run import Synthetic

from harness.reports import brief, first_screen, labels, replays, stories
from harness.reports.changes import edit_lines
from harness.reports.glossary import verdict_words
from harness.reports.prepare import prepare
from harness.reports.redaction import Redactor
from harness.reports.summary import check_summary


def test_the_brief_is_part_of_the_summary_and_agrees_with_its_tables(summary: dict[str, Any]) -> None:
    check_summary(summary)
    found = summary["brief"]
    documents = summary["flips"]["baseline"]["documents"]
    assert found["flips"]["broken"] == sum(1 for row in documents if row["broken"])
    assert found["flips"]["fixed"] == sum(1 for row in documents if row["fixed"])
    rows = {row["field"]: row["delta"] for row in summary["fields"]}
    assert [row["field"] for row in found["losses"]] == [
        name
        for name, delta in sorted(rows.items(), key=lambda item: item[1]["value"] if item[1] else 0)
        if delta and (delta["upper"] or 0) < 0
    ]
    assert found["worst_field"]["value"] == min(delta["value"] for delta in rows.values() if delta)
    assert {tile["name"] for tile in found["tiles"]} >= {"field accuracy", "schema validity", "median latency"}


def test_a_ship_with_a_shown_loss_says_so_in_its_title(run: Synthetic, summary: dict[str, Any]) -> None:
    losses = summary["brief"]["losses"]
    assert losses
    shipped = replace(run.verdict, verdict="SHIP")
    assert brief.title(shipped, losses).startswith(f"SHIP, with a loss in {losses[0]['name']}")
    assert brief.title(shipped, []) == "SHIP"
    assert brief.title(replace(shipped, identical=True), losses) == "SHIP"
    assert brief.title(run.verdict, losses) == "HOLD"


def test_a_replay_of_one_cv_keeps_what_the_run_was_made_with_and_drops_what_chose_its_cvs() -> None:
    command = shlex.split(
        "cv-harness run --assistant 'my bundle' --only 'a*' --tag language=de --limit=3 --repeat 1 -q"
    )
    assert replays.replay(command, "b 7") == "cv-harness run --assistant 'my bundle' --repeat 1 --only 'b 7'"
    assert replays.replay(["pytest", "evals/"], "b07") == "cv-harness run --only b07"


def test_another_persons_data_leads_also_where_it_breaks_a_value(run: Synthetic) -> None:
    story = stories.Story("personal_info.name", 60, ["cv-1", "cv-2"])
    story.causes["other"] = 2
    first = run.verdict.comparisons[0]
    said = "cross-talk: another person's data in answers to 1 of 60 people's CVs: cv-1 is given a name of cv-9"
    gate = replace(first.gates[0], name="cross_talk", scope="quality", status="FAIL", level="deciding", affected=1,
                   fields=(story.field,), reason=said)  # fmt: skip
    beside = replace(first, against="people", gates=(gate,))
    verdict = replace(run.verdict, verdict="HOLD", identical=False, reasons=(said,), comparisons=(first, beside))
    told = brief.headline(verdict, {story.field: story}, [])
    assert told == "another person's data in answers to 1 of 60 people's CVs"


def test_what_to_do_next_is_what_would_settle_it(run: Synthetic, summary: dict[str, Any]) -> None:
    command = ["cv-harness", "run", "--assistant", "b", "--limit", "25", "--only=a*", "--repeat", "1"]
    part = {
        **summary,
        "run": {**summary["run"], "selection": {"splits": ["gate"], "partial": True}},
        "provenance": {**summary["provenance"], "command": command},
    }
    open_ = replace(run.verdict, verdict="INCONCLUSIVE", identical=False, reasons=("only a part was replayed",))
    first = brief.actions(open_, part)[0]
    assert first["command"] == "cv-harness run --assistant b --repeat 1"
    blind = replace(open_, reasons=("the simulator cannot judge a model",), origin="simulator@1")
    (only,) = brief.actions(blind, part)
    assert only["command"].endswith("--provider openai")


def test_a_simulated_ship_is_first_seen_on_the_real_model(run: Synthetic, summary: dict[str, Any]) -> None:
    ship = replace(run.verdict, verdict="SHIP", identical=False, origin="simulator@1.5.0", reasons=())
    own = {**summary, "provenance": {**summary["provenance"], "command": ["cv-harness", "run", "--repeat", "1"]}}
    real, accept = brief.actions(ship, own)
    assert real["command"] == "cv-harness run --repeat 1 --provider openai"
    assert "costs money" in real["what"]
    assert accept["command"].startswith("cv-harness accept ")
    (only,) = brief.actions(replace(ship, origin="https://api.openai.com"), own)
    assert only["command"].startswith("cv-harness accept ")
    arms = [{**arm, "pipeline": "declared", "bundle": None} for arm in summary["arms"]]
    given = ["cv-harness", "run", "--arms", "baseline,candidate", "--answers", "a.jsonl"]
    handed = {**own, "arms": arms, "provenance": {**own["provenance"], "command": given}}
    for verdict in ("SHIP", "HOLD"):
        (again,) = brief.actions(replace(ship, verdict=verdict, origin="declared"), handed)
        assert again["command"] == " ".join(given), "neither a bundle to accept nor another's answers to look at"
    alone = {**handed, "roles": {**summary["roles"], "baseline": ""}}
    (both,) = brief.actions(replace(ship, verdict="INCONCLUSIVE", origin="declared"), alone)
    assert both["command"] == "cv-harness run --answers a.jsonl --arms baseline,candidate"


def test_a_simulated_hold_is_hedged_as_a_simulated_ship_is(run: Synthetic, summary: dict[str, Any]) -> None:
    hold = replace(run.verdict, verdict="HOLD", identical=False, origin="simulator@1.5.0")
    command = ["cv-harness", "run", "--model", "m", "--provider=simulator"]
    own = {**summary, "provenance": {**summary["provenance"], "command": command}}
    assert "cv-harness run --model m --provider openai" in [one["command"] for one in brief.actions(hold, own)]
    label = {**summary["run"]["label"], "mark": "SIMULATED"}
    for verdict in ("SHIP", "HOLD", "INCONCLUSIVE"):
        told = verdict_words(replace(hold, verdict=verdict), {**summary, "run": {**summary["run"], "label": label}})
        assert told.startswith("By a simulator's answers ")
        assert told.endswith("the model itself was not asked.")


def test_blame_is_offered_where_several_edits_may_have_done_it(run: Synthetic, summary: dict[str, Any]) -> None:
    hold = replace(run.verdict, verdict="HOLD", identical=False)
    changes = {**summary["changes"], "settings": [], "identical": False, "instructions": [["-", "Keep it."]]}
    one = {**summary, "blame": None, "changes": changes, "readings": [{"change": "removed"}]}
    commands = [action["command"] for action in brief.actions(hold, one)]
    assert commands[0] == "cv-harness watch"
    assert not any("blame" in command for command in commands)
    two = {**one, "readings": [{"change": "removed"}, {"change": "removed"}]}
    assert "blame" in brief.actions(hold, two)[0]["command"]
    model = {**one, "changes": {**changes, "instructions": [["=", "Same."]]}}
    assert not any("blame" in action["command"] for action in brief.actions(hold, model))


def test_a_ship_with_a_loss_says_which_gate_let_it_pass(run: Synthetic, summary: dict[str, Any]) -> None:
    first = run.verdict.comparisons[0]
    gate = replace(first.gates[0], name="fields", status="PASS", reason="single fields: 0.97 is under the 1")
    ship = replace(
        run.verdict, verdict="SHIP", identical=False, comparisons=(replace(first, against="baseline", gates=(gate,)),)
    )
    assert brief.may_ship(ship, summary["brief"]["losses"]) == gate.reason
    assert brief.may_ship(ship, []) == ""
    assert brief.may_ship(run.verdict, summary["brief"]["losses"]) == ""


def test_cvs_broken_fixed_and_both_add_up_to_those_that_changed(summary: dict[str, Any]) -> None:
    flips, classes = summary["brief"]["flips"], summary["flips"]["baseline"]["classes"]
    assert flips["broken"] + flips["fixed"] - flips["both"] == sum(
        classes[name] for name in ("broken", "mixed", "fixed")
    )
    told = labels.flips({**summary["brief"], "flips": {**flips, "broken": 1, "fixed": 2, "both": 1}})
    assert told.startswith("✕ 1 CV broken in any field · ✓ 2 fixed · ± 1 of them both · ")


def test_cvs_with_something_wrong_before_and_now_add_up(summary: dict[str, Any]) -> None:
    flips, documents = summary["brief"]["flips"], summary["flips"]["baseline"]["documents"]
    before, now = flips["wrong"]
    assert before == sum(1 for row in documents if row["fixed"] or row["both_wrong"])
    assert now == sum(1 for row in documents if row["broken"] or row["both_wrong"])
    assert f"(wrong there {before}, here {now})" in labels.flips(summary["brief"])


def test_redaction_leaves_no_path_or_name_in_a_command(run: Synthetic, summary: dict[str, Any]) -> None:
    told = {
        **summary,
        "brief": {
            **summary["brief"],
            "actions": [
                {"what": "again", "command": "cv-harness run --assistant /home/ada/private --only cv-0001"},
                {"what": "which edit", "command": "cv-harness blame 20261128-161953-b1f9"},
            ],
        },
    }
    found = Redactor.of(run.cases, run.goldens, key=KEY).summary(told)["brief"]["actions"]
    assert "ada" not in found[0]["command"]
    assert "cv-0001" not in found[0]["command"]
    assert found[1]["command"].endswith("20261128-161953-b1f9")


def test_the_accepted_assistant_has_no_loss_to_tell() -> None:
    import synthetic_run

    same = synthetic_run.make(6, 1, identical=True)
    found = summary_of(same)["brief"]
    assert found["title"] == "SHIP"
    assert "nothing new" in found["headline"]


def test_harm_that_breaks_no_value_stands_beside_the_cvs_broken(run: Synthetic) -> None:
    gate = replace(run.verdict.comparisons[0].gates[0], name="contract", status="FAIL", level="deciding", affected=52)
    verdict = replace(
        run.verdict, reasons=(gate.reason,), comparisons=(replace(run.verdict.comparisons[0], gates=(gate,)),)
    )
    flips = summary_of(replace(run, verdict=verdict))["brief"]["flips"]
    assert flips["beside"].startswith("52 CVs ")
    assert summary_of(run)["brief"]["flips"]["beside"] == ""


def test_a_page_is_of_its_own_candidate_alone(run: Synthetic) -> None:
    other = replace(next(arm for arm in run.manifest.arms if arm.id == "candidate"), id="candidate:2")
    manifest = replace(run.manifest, arms=(*run.manifest.arms, other))
    assert "candidate:2" not in prepare(run.cases, run.verdict, manifest).arms
    assert "candidate:2" in prepare(run.cases, replace(run.verdict, candidate="candidate:2"), manifest).arms


def test_each_sentence_of_the_edit_stands_with_what_blame_found_of_it() -> None:
    def reading(text: str, change: str) -> dict[str, Any]:
        return {"text": text, "change": change, "recognised": True, "read_as": "x", "contradicts": "", "beyond": ""}

    edits = [
        {"before": "Old one.\n", "after": "", "label": "without «Old one.»"},
        {"before": "Was.", "after": "Is.", "label": "…"},
        {"before": "a", "after": "b", "label": "model: a → b"},
    ]
    effects = [{"edits": [place], "shown": place == 0, "sentence": f"s: {place}"} for place in range(3)]
    summary: Any = {
        "blame": {"edits": edits, "effects": effects},
        "readings": [reading("Old one.", "removed"), reading("Was.", "removed"), reading("Is.", "added")],
    }
    found = [(line.reading and line.reading["text"], line.effect and line.effect["edits"], line.label)
             for line in edit_lines(summary)]  # fmt: skip
    assert found == [("Old one.", [0], ""), ("Was.", None, ""), ("Is.", [1], ""), (None, [2], "model: a → b")]
    assert [line.effect for line in edit_lines({**summary, "blame": None})] == [None, None, None]


def test_the_cvs_behind_the_first_reason_come_first(run: Synthetic, summary: dict[str, Any]) -> None:
    leading = next(one for one in run.verdict.comparisons[0].gates if one.level == "deciding" and one.status == "FAIL")
    others = [row["document"] for row in summary["flips"]["baseline"]["documents"] if row["broken"]]
    behind = tuple(reversed(others))[:2]
    assert behind[0] != others[0], "the CV that lost most would come first anyway"
    comparisons = tuple(
        replace(
            comparison,
            gates=tuple(
                replace(one, documents=("somebody-txt", *behind)) if one is leading else one for one in comparison.gates
            ),
        )
        for comparison in run.verdict.comparisons
    )
    verdict = replace(run.verdict, comparisons=comparisons, reasons=(leading.reason,))
    told = brief.brief(prepare(run.cases, verdict, run.manifest), verdict, summary)
    assert [row["document"] for row in told["worst"]][:3] == ["somebody-txt", *behind][: len(told["worst"])]
    assert told["worst"][0]["broken"] == 0
    replays = [action for action in told["actions"] if action["command"].startswith("cv-harness run")]
    assert replays[0]["what"] == "replay somebody-txt, the first behind the reason"


def test_answers_beside_one_another_are_no_comparison_with_people() -> None:
    assert labels.compared("people") == "Answers beside other people's CVs"
    assert labels.sides("people") == ("baseline", "candidate")
    assert labels.compared("legacy") == "Candidate against legacy"
    assert labels.sides("twins") == ("reference", "result")


def test_the_headline_tells_of_what_most_cvs_lost_among_the_gates_that_failed(run: Synthetic) -> None:
    def story(field: str, broken: int) -> stories.Story:
        made = stories.Story(field, 60, [f"cv-{n}" for n in range(broken)])
        made.causes["missing"] = broken
        return made

    few, many = story("work_experience[].start_date", 6), story("education[].end_date", 55)
    first = run.verdict.comparisons[0]
    gates = tuple(
        replace(
            first.gates[0],
            name=name,
            scope="quality",
            status="FAIL",
            level="deciding",
            fields=(field,),
            affected=6,
            reason=name,
        )
        for name, field in (("critical", few.field), ("education", many.field))
    )  # fmt: skip
    verdict = replace(
        run.verdict, verdict="HOLD", identical=False, reasons=("critical", "education"),
        comparisons=(replace(first, against="baseline", gates=gates),),
    )  # fmt: skip
    assert "55 of the 60" in brief.headline(verdict, {few.field: few, many.field: many}, [])
    assert "6 of the 60" in brief.headline(verdict, {few.field: few}, [])
    twins = replace(verdict, comparisons=(replace(first, against="twins", gates=gates[:1]),))
    assert "55 of the 60" in brief.headline(twins, {many.field: many}, [])


def test_no_figure_of_a_model_is_judged_that_the_simulator_stood_in_for(
    run: Synthetic, summary: dict[str, Any]
) -> None:
    blind = replace(
        run.verdict, verdict="INCONCLUSIVE", identical=False, reasons=("the simulator cannot judge a model (m → n): …",)
    )
    told = brief.brief(prepare(run.cases, blind, run.manifest), blind, summary)
    assert {(tile["status"], tile["n"], tile["difference"]) for tile in told["tiles"]} == {("NOT_MEASURED", 0, "–")}
    assert first_screen.alarms(blind, {**summary, "brief": told}, {}) == ([], 0)
    assert "harm is shown" not in verdict_words(blind, {**summary, "brief": told})


def test_a_gate_that_failed_is_a_card_unless_it_is_one_of_the_four_figures(
    run: Synthetic, summary: dict[str, Any]
) -> None:
    first = run.verdict.comparisons[0]
    failed = [replace(gate, level="deciding", status="FAIL") for gate in first.gates]
    hold = replace(run.verdict, verdict="HOLD", comparisons=(replace(first, gates=tuple(failed)),))
    told = {**summary, "brief": brief.brief(prepare(run.cases, hold, run.manifest), hold, summary)}
    cards, more = first_screen.alarms(hold, told, {})
    shown = {tile["gate"] for tile in told["brief"]["tiles"] if tile["n"]}
    assert len(cards) == first_screen.ALARMS
    assert len(cards) + more == sum(gate.name not in shown for gate in failed)
    assert not shown & {card.gate.name for card in cards}
    assert first_screen.alarms(replace(hold, verdict="SHIP"), told, {}) == ([], 0)


def test_figures_that_are_the_same_in_every_cv_say_so(run: Synthetic, summary: dict[str, Any]) -> None:
    first = run.verdict.comparisons[0]
    cost = next(gate for gate in first.gates if gate.name == "cost")
    same = replace(cost, delta=replace(cost.delta, value=1.0, lower=1.0, upper=1.0, source="declared"))
    verdict = replace(run.verdict, comparisons=(replace(first, gates=(same,)),))
    told = brief.brief(prepare(run.cases, verdict, run.manifest), verdict, summary)
    (tile,) = (tile for tile in told["tiles"] if tile["gate"] == "cost")
    assert tile["bounds"] == "the same in every CV: handed in twice?"
